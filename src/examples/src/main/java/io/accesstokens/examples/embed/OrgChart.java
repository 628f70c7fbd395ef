package io.accesstokens.examples.embed;

import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The group directory of the shop. The groups are the shop's teams. Teams own the tokens. */
// region: directory
final class OrgChart implements GroupDirectory {

  private final Map<String, Set<String>> membersOfTeam;

  OrgChart(Map<String, Set<String>> membersOfTeam) {
    this.membersOfTeam = Map.copyOf(membersOfTeam);
  }

  @Override
  public boolean exists(EntityRef group) {
    return group.namespace().equals("shop") && membersOfTeam.containsKey(group.name());
  }

  @Override
  public Set<EntityRef> groupsOf(EntityRef user) {
    return membersOfTeam.entrySet().stream()
        .filter(team -> team.getValue().contains(user.name()))
        .map(team -> new EntityRef(EntityRef.GROUP, "shop", team.getKey()))
        .collect(Collectors.toSet());
  }
}
// endregion
