package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.Grant;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Validates the settings of permissions, and derives the permission policy from these settings. */
final class GrantRules {

  private static final String ALL = "all";

  private final Settings settings;
  private final Sources sources;
  private final EntityRefs refs;

  GrantRules(Settings settings, Sources sources) {
    this.settings = settings;
    this.sources = sources;
    this.refs = new EntityRefs(settings, sources);
  }

  PermissionPolicy permissionPolicy() {
    Grantees admins = grantees("service.admin", settings.service().admin());
    Grantees auditors = grantees("service.auditor", settings.service().auditor());
    if (sampleGrantsApply()) {
      admins = sample("alice");
      if (auditors.equals(Grantees.NONE)) {
        auditors = sample("bob");
      }
    }
    List<Grant> grants = new ArrayList<>(PermissionPolicy.named(admins, auditors, introspectors()));
    PolicySettings policy = settings.policy();
    if (policy.permissionRoles()) {
      grants.addAll(PermissionPolicy.permissionRoles());
    }
    if (policy.ownGroups()) {
      grants.add(PermissionPolicy.ownGroups());
    }
    if (policy.personalTokens()) {
      grants.add(PermissionPolicy.personalTokens());
    }
    for (int i = 0; i < policy.grants().size(); i++) {
      grant("policy.grants[" + i + ']', policy.grants().get(i)).ifPresent(grants::add);
    }
    return new PermissionPolicy(grants);
  }

  private Grantees introspectors() {
    return new Grantees(
        refs.users(
            "introspection.userEntityRefs",
            settings.introspection().userEntityRefs(),
            "user:default/gateway"),
        Set.of());
  }

  /**
   * Returns true if the sample users have their sample grants. The sample grants apply while only
   * sample users can sign in and no admin is configured.
   */
  private boolean sampleGrantsApply() {
    return hasOnlySampleUsers(settings.login())
        && settings.service().admin().userEntityRefs().isEmpty()
        && settings.service().admin().groupEntityRefs().isEmpty();
  }

  private static Grantees sample(String name) {
    return new Grantees(Set.of(new EntityRef(EntityRef.USER, "default", name)), Set.of());
  }

  private Grantees grantees(String key, ServiceTokenSettings.Grantees configured) {
    return new Grantees(
        refs.users(key + ".userEntityRefs", configured.userEntityRefs()),
        refs.groups(key + ".groupEntityRefs", configured.groupEntityRefs()),
        refs.roles(key + ".roles", configured.roles()));
  }

  /**
   * Converts a configured grant, and reports its errors.
   *
   * @return the grant; empty if its settings have errors
   */
  private Optional<Grant> grant(String key, PolicySettings.Grant configured) {
    Set<String> permissions = permissions(key + ".permissions", configured.permissions());
    Grantees to =
        new Grantees(
            refs.users(key + ".users", configured.users()),
            refs.groups(key + ".groups", configured.groups()),
            refs.roles(key + ".roles", configured.roles()));
    if (configured.users().isEmpty()
        && configured.groups().isEmpty()
        && configured.roles().isEmpty()) {
      sources.reportError(key, "needs at least one of users, groups and roles");
    }
    Grant.OnGroups onGroups = onGroups(key + ".onGroups", configured.onGroups());
    boolean knowGroups = Permissions.SERVICE.containsAll(permissions);
    if (!(onGroups instanceof Grant.AllGroups) && !knowGroups) {
      sources.reportError(
          key + ".onGroups",
          "must be all, because some of the permissions do not depend on groups");
    }
    return sources.isClean(key)
        ? Optional.of(new Grant(key, permissions, to, onGroups))
        : Optional.empty();
  }

  private Set<String> permissions(String key, Optional<List<String>> names) {
    if (names.isEmpty()) {
      sources.reportError(key, "is required");
    }
    Set<String> permissions = new LinkedHashSet<>();
    List<String> configured = Sources.stripped(names);
    for (int i = 0; i < configured.size(); i++) {
      if (Permissions.ALL.contains(configured.get(i))) {
        permissions.add(configured.get(i));
      } else {
        sources.reportError(
            key + '[' + i + ']', "must be one of " + String.join(", ", Permissions.ALL));
      }
    }
    return permissions;
  }

  private Grant.OnGroups onGroups(String key, Optional<List<String>> texts) {
    List<String> configured = Sources.stripped(texts);
    if (configured.isEmpty() || configured.equals(List.of(ALL))) {
      return new Grant.AllGroups();
    }
    if (configured.equals(List.of(PermissionPolicy.OWN_GROUPS))) {
      return new Grant.OwnGroups();
    }
    for (int i = 0; i < configured.size(); i++) {
      if (configured.get(i).equals(ALL) || configured.get(i).equals(PermissionPolicy.OWN_GROUPS)) {
        sources.reportError(
            key + '[' + i + ']',
            "all and own-groups cannot be in a list; write a group of that name as group:default/"
                + configured.get(i));
      }
    }
    return new Grant.TheseGroups(refs.groups(key, texts));
  }

  /** Returns true if the sample users are the only source of users. */
  static boolean hasOnlySampleUsers(LoginSettings login) {
    return !login.container()
        && login.usersFile().isEmpty()
        && login.jwt().isEmpty()
        && login.ldap().url().isEmpty()
        && login.oidc().issuer().isEmpty();
  }
}
