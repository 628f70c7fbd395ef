package io.accesstokens.token.policy;

import io.accesstokens.token.Actor;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which permissions an actor has, and on which groups. The decision depends only on the
 * actor and the rules.
 *
 * <ol>
 *   <li>A user has the permissions of all grants that apply to them. No rule removes a permission.
 *   <li>A service token has the permissions that are among its scopes, on the tokens of its own
 *       group. The name of this rule is {@value #TOKEN_SCOPES}. {@link Permissions#INTROSPECT}
 *       applies to all tokens, because a resource server does not know the owner of a token before
 *       the introspection. {@link Permissions#METRICS_READ} and {@link Permissions#LOG_READ} do not
 *       depend on groups either. A service token never has one of the permissions in {@link
 *       Permissions#PERSONAL}.
 *   <li>A personal token has a permission if two conditions are met. The user of the token has the
 *       permission now. The scopes of the token include the permission, which is one of {@link
 *       Permissions#DELEGABLE}. The groups are the same as for the user.
 *   <li>If no grant gives a permission to a user, the decision names the rule {@value #NO_GRANT}.
 * </ol>
 *
 * <p>The default grants, by name:
 *
 * <ul>
 *   <li>{@value #ADMIN} gives administrators all permissions on all groups, except the permissions
 *       of users on their own personal tokens.
 *   <li>{@value #AUDITOR} gives auditors {@link Permissions#SERVICE_READ} on all groups, {@link
 *       Permissions#METRICS_READ} and {@link Permissions#LOG_READ}.
 *   <li>{@value #INTROSPECTION} gives introspectors {@link Permissions#INTROSPECT}.
 *   <li>{@value #PERMISSION_ROLES} gives a permission on all groups to users who have a role with
 *       the name of this permission. The permission must be {@link Permissions#INTROSPECT}, {@link
 *       Permissions#METRICS_READ}, {@link Permissions#LOG_READ} or one of {@link
 *       Permissions#SERVICE}.
 *   <li>{@value #OWN_GROUPS} gives members of groups all permissions on the service tokens of these
 *       groups.
 *   <li>{@value #PERSONAL_TOKENS} gives all users the permissions on their own personal tokens.
 * </ul>
 *
 * @param grants the grants, in the order in which decisions name them
 */
public record PermissionPolicy(List<Grant> grants) {

  /** The name of the grant that gives administrators their permissions. */
  public static final String ADMIN = "service.admin";

  /**
   * The name of the grant that allows auditors to read service tokens, metrics and the transparency
   * log.
   */
  public static final String AUDITOR = "service.auditor";

  /** The name of the grant that allows introspectors to introspect tokens. */
  public static final String INTROSPECTION = "introspection";

  /**
   * The name of the grant that gives a permission to users who have a role with the name of this
   * permission.
   */
  public static final String PERMISSION_ROLES = "permission-roles";

  /**
   * The name of the grant that gives members of groups all permissions on the service tokens of
   * these groups.
   */
  public static final String OWN_GROUPS = "own-groups";

  /** The name of the grant that gives all users the permissions on their own personal tokens. */
  public static final String PERSONAL_TOKENS = "personal-tokens";

  /** The name of the rule that gives tokens their permissions. */
  public static final String TOKEN_SCOPES = "token-scopes";

  /** The name of the rule that limits the rights that a caller may grant to a token. */
  public static final String DELEGATION = "delegation";

  /** The name of the rule that is reported if no grant applies. */
  public static final String NO_GRANT = "no-grant";

  /** The permissions that a service token can have and that do not depend on groups. */
  private static final Set<String> EVERYWHERE =
      Set.of(Permissions.INTROSPECT, Permissions.METRICS_READ, Permissions.LOG_READ);

  public PermissionPolicy {
    grants = List.copyOf(grants);
  }

  /**
   * Creates the default policy without introspectors. Administrators can still introspect tokens.
   */
  public PermissionPolicy(Grantees admins, Grantees auditors) {
    this(admins, auditors, Grantees.NONE);
  }

  /** Creates the default policy, which has only the default grants. */
  public PermissionPolicy(Grantees admins, Grantees auditors, Grantees introspectors) {
    this(defaultGrants(admins, auditors, introspectors));
  }

  private static List<Grant> defaultGrants(
      Grantees admins, Grantees auditors, Grantees introspectors) {
    List<Grant> grants = new ArrayList<>(named(admins, auditors, introspectors));
    grants.addAll(permissionRoles());
    grants.add(ownGroups());
    grants.add(personalTokens());
    return grants;
  }

  /**
   * Returns the default grants to administrators, auditors and introspectors: {@value #ADMIN},
   * {@value #AUDITOR} and {@value #INTROSPECTION}.
   */
  public static List<Grant> named(Grantees admins, Grantees auditors, Grantees introspectors) {
    Set<String> all = new HashSet<>(Permissions.SERVICE);
    all.addAll(EVERYWHERE);
    all.add(Permissions.USER_ADMIN);
    return List.of(
        Grant.everywhere(ADMIN, all, admins),
        Grant.everywhere(
            AUDITOR,
            Set.of(Permissions.SERVICE_READ, Permissions.METRICS_READ, Permissions.LOG_READ),
            auditors),
        Grant.everywhere(INTROSPECTION, Set.of(Permissions.INTROSPECT), introspectors));
  }

  /**
   * Returns the default grants {@value #PERMISSION_ROLES}: one for each permission that a role of
   * the same name gives.
   */
  public static List<Grant> permissionRoles() {
    Set<String> permissions = new LinkedHashSet<>(Permissions.SERVICE);
    permissions.add(Permissions.INTROSPECT);
    permissions.add(Permissions.METRICS_READ);
    permissions.add(Permissions.LOG_READ);
    return permissions.stream()
        .map(
            permission ->
                Grant.everywhere(
                    PERMISSION_ROLES,
                    Set.of(permission),
                    new Grantees(Set.of(), Set.of(), Set.of(permission))))
        .toList();
  }

  /** Returns the default grant {@value #OWN_GROUPS}. */
  public static Grant ownGroups() {
    return new Grant(
        OWN_GROUPS, Set.copyOf(Permissions.SERVICE), Grantees.EVERYBODY, new Grant.OwnGroups());
  }

  /** Returns the default grant {@value #PERSONAL_TOKENS}. */
  public static Grant personalTokens() {
    return Grant.everywhere(PERSONAL_TOKENS, Set.copyOf(Permissions.USER), Grantees.EVERYBODY);
  }

  /**
   * A set of users, selected by name, by group or by role.
   *
   * @param everybody true to include all users
   * @param users the canonical refs of included users
   * @param groups the canonical refs of groups whose members are included
   * @param roles the names of servlet container roles whose users are included
   */
  public record Grantees(
      boolean everybody, Set<EntityRef> users, Set<EntityRef> groups, Set<String> roles) {

    /** The empty set of users. */
    public static final Grantees NONE = new Grantees(Set.of(), Set.of());

    /** The set of all users. */
    public static final Grantees EVERYBODY = new Grantees(true, Set.of(), Set.of(), Set.of());

    public Grantees {
      users = Set.copyOf(users);
      groups = Set.copyOf(groups);
      roles = Set.copyOf(roles);
    }

    /** Creates a set of users, selected by name, by group or by role. */
    public Grantees(Set<EntityRef> users, Set<EntityRef> groups, Set<String> roles) {
      this(false, users, groups, roles);
    }

    /** Creates a set of users, selected by name or by group. */
    public Grantees(Set<EntityRef> users, Set<EntityRef> groups) {
      this(users, groups, Set.of());
    }

    /** Returns true if the set includes this user. */
    public boolean include(Actor.Person person) {
      return everybody
          || users.contains(person.ref())
          || !Collections.disjoint(groups, person.groups())
          || !Collections.disjoint(roles, person.roles());
    }
  }

  /**
   * Returns this policy without the permissions on personal tokens. While personal tokens are
   * disabled, these permissions allow nothing.
   */
  public PermissionPolicy withoutPersonalTokens() {
    return new PermissionPolicy(
        grants.stream().map(grant -> grant.without(Permissions.PERSONAL)).toList());
  }

  /** Returns the names of all roles in the grants, in alphabetical order. */
  public Set<String> roles() {
    Set<String> names = new TreeSet<>();
    grants.forEach(grant -> names.addAll(grant.to().roles()));
    return Collections.unmodifiableSet(names);
  }

  /**
   * Decides whether an actor has a permission, and on which groups. The decision names the rules
   * that grant the permission.
   *
   * @param permission one of {@link Permissions#ALL}; any other permission is always denied
   */
  public Decision decide(Actor actor, String permission) {
    if (actor instanceof Actor.Person person) {
      return ofPerson(person, permission);
    }
    return actor instanceof Actor.Delegate delegate
        ? ofDelegate(delegate, permission)
        : ofToken((Actor.Token) actor, permission);
  }

  /**
   * Returns true if a user has a permission, even if only on some groups. The result is the same as
   * {@code decide(person, permission).allowed()}, but this method does not collect the rules.
   *
   * @param permission one of {@link Permissions#ALL}; any other permission is always denied
   */
  public boolean allows(Actor.Person person, String permission) {
    for (Grant grant : grants) {
      if (!(grant.groupsFor(person, permission) instanceof PermissionScope.Nowhere)) {
        return true;
      }
    }
    return false;
  }

  private Decision ofDelegate(Actor.Delegate delegate, String permission) {
    return delegate.allows(permission)
        ? ofPerson(delegate.user(), permission)
        : new Decision(permission, List.of(), TOKEN_SCOPES);
  }

  private Decision ofPerson(Actor.Person person, String permission) {
    List<Decision.GrantingRule> rules = new ArrayList<>();
    for (Grant grant : grants) {
      PermissionScope groups = grant.groupsFor(person, permission);
      if (!(groups instanceof PermissionScope.Nowhere)) {
        rules.add(new Decision.GrantingRule(grant.name(), groups));
      }
    }
    return new Decision(permission, rules, NO_GRANT);
  }

  private static Decision ofToken(Actor.Token token, String permission) {
    boolean everywhere = EVERYWHERE.contains(permission);
    boolean known = everywhere || Permissions.SERVICE.contains(permission);
    if (!known || !token.verified().scopes().contains(permission)) {
      return new Decision(permission, List.of(), TOKEN_SCOPES);
    }
    PermissionScope groups =
        everywhere
            ? new PermissionScope.Everywhere()
            : PermissionScope.over(Set.of(token.verified().group()));
    return new Decision(
        permission, List.of(new Decision.GrantingRule(TOKEN_SCOPES, groups)), TOKEN_SCOPES);
  }

  /** Returns the groups on which the actor has a permission. */
  public PermissionScope groupsOf(Actor actor, String permission) {
    return decide(actor, permission).groups();
  }

  /**
   * Returns the names of all permissions that the actor has, even if only on some groups, in a
   * fixed order.
   */
  public List<String> permissionsOf(Actor actor) {
    return Permissions.ALL.stream()
        .filter(permission -> decide(actor, permission).allowed())
        .toList();
  }

  /**
   * Returns the names of the permissions that the actor has on some but not all groups, in a fixed
   * order.
   */
  public List<String> limitedPermissionsOf(Actor actor) {
    return Permissions.ALL.stream()
        .filter(permission -> groupsOf(actor, permission) instanceof PermissionScope.Groups)
        .toList();
  }
}
