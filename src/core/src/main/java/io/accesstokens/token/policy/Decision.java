package io.accesstokens.token.policy;

import io.accesstokens.token.PermissionScope;
import io.accesstokens.verify.EntityRef;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The decision of a {@link PermissionPolicy} for one actor and one permission. The decision names
 * the rules that grant the permission.
 *
 * @param permission the name of the permission
 * @param given the rules that grant the permission, each with its groups; the groups are never
 *     {@link PermissionScope.Nowhere}
 * @param otherwise the name of the rule to report if no rule grants the permission
 */
public record Decision(String permission, List<Given> given, String otherwise) {

  /**
   * A rule that grants the permission.
   *
   * @param rule the name of the rule
   * @param reach the groups on which the rule grants the permission
   */
  public record Given(String rule, PermissionScope reach) {}

  public Decision {
    given = List.copyOf(given);
  }

  /**
   * Returns the groups on which the actor has the permission. The result combines the groups of all
   * rules.
   */
  public PermissionScope reach() {
    Set<EntityRef> groups = new HashSet<>();
    for (Given one : given) {
      if (one.reach() instanceof PermissionScope.Everywhere everywhere) {
        return everywhere;
      }
      if (one.reach() instanceof PermissionScope.Groups some) {
        groups.addAll(some.groups());
      }
    }
    return PermissionScope.over(groups);
  }

  /** Returns true if the actor has the permission on at least one group, or everywhere. */
  public boolean allowed() {
    return !given.isEmpty();
  }

  /** Returns true if the actor has the permission on this group. */
  public boolean allowedOn(EntityRef group) {
    return reach().covers(group);
  }

  /**
   * Returns the names of the rules that grant the permission, separated by commas. If no rule
   * grants the permission, returns {@link #otherwise()}.
   */
  public String rule() {
    return given.isEmpty()
        ? otherwise
        : given.stream().map(Given::rule).distinct().collect(Collectors.joining(", "));
  }

  /**
   * Returns the names of the rules that grant the permission on this group, separated by commas. If
   * no rule grants the permission on this group, returns the result of {@link #rule}.
   */
  public String ruleOn(EntityRef group) {
    List<Given> there = given.stream().filter(one -> one.reach().covers(group)).toList();
    return there.isEmpty() ? rule() : new Decision(permission, there, otherwise).rule();
  }
}
