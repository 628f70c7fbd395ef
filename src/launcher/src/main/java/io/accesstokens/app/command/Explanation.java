package io.accesstokens.app.command;

import io.accesstokens.token.Actor;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.Decision;
import io.accesstokens.token.policy.Grant;
import io.accesstokens.token.policy.GroupLimits;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Explains how the policy decides for one user.
 *
 * @param policy the policy that decides
 * @param creationPolicy the source of the limits on new tokens
 * @param person the user, with groups and roles
 * @param permission the permission to explain; one of {@link Permissions#ALL}
 * @param group the group that owns the tokens; null for any group
 */
record Explanation(
    PermissionPolicy policy,
    CreationPolicy creationPolicy,
    Actor.Person person,
    String permission,
    @Nullable EntityRef group) {

  private static final String NOT_GIVEN = "does not give it";

  private Decision decision() {
    return policy.decide(person, permission);
  }

  /**
   * Returns true if the user has the permission. If {@link #group} is not null, returns true only
   * if the permission applies to the tokens of this group.
   */
  boolean allowed() {
    return group == null ? decision().allowed() : decision().allowedOn(group);
  }

  /**
   * Returns the lines of the explanation. The first line contains the decision, and the other lines
   * contain the reasons.
   */
  List<String> lines() {
    Decision decision = decision();
    List<String> lines = new ArrayList<>();
    lines.add(
        (allowed() ? "allowed: " : "denied: ")
            + person.ref()
            + (allowed() ? " has " : " does not have ")
            + permission
            + where(decision));
    lines.add("by the rule: " + (group == null ? decision.rule() : decision.ruleOn(group)));
    lines.add("");
    lines.add("groups: " + listed(person.groups()));
    lines.add("roles: " + listed(person.roles()));
    lines.add("");
    lines.add("rules:");
    verdicts(decision).forEach((rule, verdict) -> lines.add("  " + rule + ": " + verdict));
    limits()
        .ifPresent(
            limits -> {
              lines.add("");
              lines.add("limits on new tokens of " + group + ":");
              lines(limits).forEach(line -> lines.add("  " + line));
            });
    return lines;
  }

  /** Returns the explanation as a JSON object. */
  JsonObjectBuilder json() {
    Decision decision = decision();
    JsonArrayBuilder rules = Json.createArrayBuilder();
    verdicts(decision)
        .forEach(
            (rule, verdict) ->
                rules.add(Json.createObjectBuilder().add("rule", rule).add("verdict", verdict)));
    return Json.createObjectBuilder()
        .add("allowed", allowed())
        .add("user", person.ref().toString())
        .add("permission", permission)
        .add("group", group == null ? JsonValue.NULL : Json.createValue(group.toString()))
        .add("rule", group == null ? decision.rule() : decision.ruleOn(group))
        .add("groups", texts(person.groups()))
        .add("roles", texts(person.roles()))
        .add("rules", rules)
        .add("limits", limits().<JsonValue>map(Explanation::json).orElse(JsonValue.NULL));
  }

  private static JsonObject json(GroupLimits limits) {
    JsonObjectBuilder json =
        Json.createObjectBuilder()
            .add("maxLifetimeDays", limits.maxLifetimeDays())
            .add("defaultLifetimeDays", limits.defaultLifetimeDays())
            .add("allowedScopes", texts(limits.allowedScopes()))
            .add(
                "descriptions",
                texts(limits.descriptions().stream().map(rule -> rule.hint()).toList()));
    limits.maxLiveTokens().ifPresent(most -> json.add("maxLiveTokens", most));
    return json.build();
  }

  private static JsonArrayBuilder texts(Collection<?> things) {
    return Json.createArrayBuilder(things.stream().map(Object::toString).sorted().toList());
  }

  private String where(Decision decision) {
    if (group != null) {
      return " on tokens of " + group;
    }
    if (!Permissions.SERVICE.contains(permission)) {
      return "";
    }
    return allowed() ? " on tokens of " + groups(decision.groups()) : " on tokens of any group";
  }

  private static String groups(PermissionScope scope) {
    return scope instanceof PermissionScope.Groups some ? listed(some.groups()) : "all groups";
  }

  private static String listed(Collection<?> things) {
    return things.isEmpty()
        ? "none"
        : String.join(", ", things.stream().map(Object::toString).sorted().toList());
  }

  /**
   * Returns the verdict of each rule of the policy. Grants with the same name count as one rule.
   *
   * @return the verdicts by the name of the rule
   */
  private Map<String, String> verdicts(Decision decision) {
    Map<String, String> verdicts = new LinkedHashMap<>();
    for (Grant grant : policy.grants()) {
      verdicts.merge(grant.name(), verdict(grant), Explanation::stronger);
    }
    for (Decision.GrantingRule rule : decision.grantingRules()) {
      verdicts.put(
          rule.rule(),
          "gives it"
              + (Permissions.SERVICE.contains(permission)
                  ? " on tokens of " + groups(rule.groups())
                  : ""));
    }
    return verdicts;
  }

  private static String stronger(String one, String other) {
    return one.equals(NOT_GIVEN) ? other : one;
  }

  /**
   * Returns the verdict of a grant as text. If the grant does not give the permission, the text
   * contains the reason.
   */
  private String verdict(Grant grant) {
    if (!grant.permissions().contains(permission)) {
      return NOT_GIVEN;
    }
    return grant.to().include(person)
        ? "gives it to members of groups, but this user is a member of none"
        : "gives it, but not to this user";
  }

  /**
   * Returns the limits on new tokens of {@link #group}. Empty if the group is null, if the
   * permission is not {@link Permissions#SERVICE_WRITE}, or if the user does not have the
   * permission.
   */
  private Optional<GroupLimits> limits() {
    return group != null && permission.equals(Permissions.SERVICE_WRITE) && allowed()
        ? Optional.of(creationPolicy.limitsOf(group))
        : Optional.empty();
  }

  private static List<String> lines(GroupLimits limits) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "lifetime: at most "
            + limits.maxLifetimeDays()
            + " days, "
            + limits.defaultLifetimeDays()
            + " by default");
    lines.add("scopes: " + listed(limits.allowedScopes()));
    limits.maxLiveTokens().ifPresent(most -> lines.add("live tokens: at most " + most));
    limits.descriptions().forEach(rule -> lines.add("description: " + rule.hint()));
    return lines;
  }
}
