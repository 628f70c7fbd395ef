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
 * @param grantingRules the rules that grant the permission, each with its groups; the groups are
 *     never {@link PermissionScope.Nowhere}
 * @param denyingRule the name of the rule to report if no rule grants the permission
 */
public record Decision(String permission, List<GrantingRule> grantingRules, String denyingRule) {

  /**
   * A rule that grants the permission.
   *
   * @param rule the name of the rule
   * @param groups the groups on which the rule grants the permission
   */
  public record GrantingRule(String rule, PermissionScope groups) {}

  public Decision {
    grantingRules = List.copyOf(grantingRules);
  }

  /**
   * Returns the groups on which the actor has the permission. The result combines the groups of all
   * rules.
   */
  public PermissionScope groups() {
    Set<EntityRef> groups = new HashSet<>();
    for (GrantingRule one : grantingRules) {
      if (one.groups() instanceof PermissionScope.Everywhere everywhere) {
        return everywhere;
      }
      if (one.groups() instanceof PermissionScope.Groups some) {
        groups.addAll(some.groups());
      }
    }
    return PermissionScope.over(groups);
  }

  /** Returns true if the actor has the permission on at least one group, or everywhere. */
  public boolean allowed() {
    return !grantingRules.isEmpty();
  }

  /** Returns true if the actor has the permission on this group. */
  public boolean allowedOn(EntityRef group) {
    return groups().covers(group);
  }

  /**
   * Returns the names of the rules that grant the permission, separated by commas. If no rule
   * grants the permission, returns {@link #denyingRule()}.
   */
  public String rule() {
    return grantingRules.isEmpty()
        ? denyingRule
        : grantingRules.stream()
            .map(GrantingRule::rule)
            .distinct()
            .collect(Collectors.joining(", "));
  }

  /**
   * Returns the names of the rules that grant the permission on this group, separated by commas. If
   * no rule grants the permission on this group, returns the result of {@link #rule}.
   */
  public String ruleOn(EntityRef group) {
    List<GrantingRule> there =
        grantingRules.stream().filter(one -> one.groups().covers(group)).toList();
    return there.isEmpty() ? rule() : new Decision(permission, there, denyingRule).rule();
  }
}
