package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a {@link PermissionPolicy} says of one actor and one permission, and by which rules.
 *
 * @param permission its name
 * @param given the rules that give it, and where each does; none of them {@link
 *     PermissionScope.Nowhere}
 * @param otherwise the rule by which an actor lacks it to whom no other gives it
 */
public record Decision(String permission, List<Given> given, String otherwise) {

  /**
   * A rule that gives the permission.
   *
   * @param rule its name
   * @param reach where
   */
  public record Given(String rule, PermissionScope reach) {}

  public Decision {
    given = List.copyOf(given);
  }

  /** Where the actor has the permission, by all rules together. */
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

  /** Whether the actor has the permission on any group, or at all if it knows none. */
  public boolean allowed() {
    return !given.isEmpty();
  }

  /** Whether the actor has the permission on that group. */
  public boolean allowedOn(EntityRef group) {
    return reach().covers(group);
  }

  /** The rules that decided whether the actor has the permission at all, joined by commas. */
  public String rule() {
    return given.isEmpty()
        ? otherwise
        : given.stream().map(Given::rule).distinct().collect(Collectors.joining(", "));
  }

  /**
   * The rules that decided whether the actor has the permission on that group, joined by commas:
   * those that give it there; else those that give it elsewhere only.
   */
  public String ruleOn(EntityRef group) {
    List<Given> there = given.stream().filter(one -> one.reach().covers(group)).toList();
    return there.isEmpty() ? rule() : new Decision(permission, there, otherwise).rule();
  }
}
