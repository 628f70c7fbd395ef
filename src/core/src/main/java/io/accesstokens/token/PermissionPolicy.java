package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who has which permission on which groups' tokens. A pure function of the actor and the rules.
 *
 * <ol>
 *   <li>A person has what the grants give them, all together. Nothing takes a permission away.
 *   <li>A service token has the permissions among its scopes, on its own group ({@value
 *       #TOKEN_SCOPES}); {@link Permissions#INTROSPECT}, which knows no groups, everywhere: who
 *       checks a request's token does not know beforehand whose it is. It has none on personal
 *       tokens.
 *   <li>A personal token has those permissions of its user, at that moment, that are among its
 *       scopes ({@link Permissions#DELEGABLE}), where the user has them.
 *   <li>Nobody else has any ({@value #NO_GRANT}).
 * </ol>
 *
 * <p>The usual grants, by name:
 *
 * <ul>
 *   <li>{@value #ADMIN}: every permission, on all groups, but those on personal tokens of one's
 *       own, which are nobody's to give
 *   <li>{@value #AUDITOR}: {@link Permissions#SERVICE_READ} on all groups
 *   <li>{@value #INTROSPECTION}: {@link Permissions#INTROSPECT}
 *   <li>{@value #PERMISSION_ROLES}: to who has a role that is called like one of {@link
 *       Permissions#SERVICE} or {@link Permissions#INTROSPECT}, that permission, on all groups
 *   <li>{@value #OWN_GROUPS}: to members of groups, every permission on service tokens, on those
 *       groups
 *   <li>{@value #PERSONAL_TOKENS}: to everybody, the permissions on personal tokens of their own
 * </ul>
 *
 * @param grants in the order in which decisions name them
 */
public record PermissionPolicy(List<Grant> grants) {

  /** The grant to admins. */
  public static final String ADMIN = "service.admin";

  /** The grant to auditors. */
  public static final String AUDITOR = "service.auditor";

  /** The grant to introspectors. */
  public static final String INTROSPECTION = "introspection";

  /** The grant to who has a role that is called like a permission. */
  public static final String PERMISSION_ROLES = "permission-roles";

  /** The grant to members of groups. */
  public static final String OWN_GROUPS = "own-groups";

  /** The grant to everybody, on tokens of their own. */
  public static final String PERSONAL_TOKENS = "personal-tokens";

  /** The rule by which tokens have permissions. */
  public static final String TOKEN_SCOPES = "token-scopes";

  /** The rule by which a permission, or a scope, is given on to a new token. */
  public static final String GIVING_ON = "giving-on";

  /** The rule by which who was given nothing has nothing. */
  public static final String NO_GRANT = "no-grant";

  public PermissionPolicy {
    grants = List.copyOf(grants);
  }

  /** The usual policy, without introspectors beside the admins. */
  public PermissionPolicy(Grantees admins, Grantees auditors) {
    this(admins, auditors, Grantees.NOBODY);
  }

  /** The usual policy: all of the usual grants, and no others. */
  public PermissionPolicy(Grantees admins, Grantees auditors, Grantees introspectors) {
    this(usual(admins, auditors, introspectors));
  }

  private static List<Grant> usual(Grantees admins, Grantees auditors, Grantees introspectors) {
    List<Grant> grants = new ArrayList<>(named(admins, auditors, introspectors));
    grants.addAll(permissionRoles());
    grants.add(ownGroups());
    grants.add(personalTokens());
    return grants;
  }

  /** The usual grants to persons who are named: {@value #ADMIN} and the two that follow it. */
  public static List<Grant> named(Grantees admins, Grantees auditors, Grantees introspectors) {
    Set<String> all = new HashSet<>(Permissions.SERVICE);
    all.addAll(Set.of(Permissions.INTROSPECT, Permissions.USER_ADMIN));
    return List.of(
        Grant.everywhere(ADMIN, all, admins),
        Grant.everywhere(AUDITOR, Set.of(Permissions.SERVICE_READ), auditors),
        Grant.everywhere(INTROSPECTION, Set.of(Permissions.INTROSPECT), introspectors));
  }

  /** The usual grants {@value #PERMISSION_ROLES}, one a role. */
  public static List<Grant> permissionRoles() {
    Set<String> permissions = new LinkedHashSet<>(Permissions.SERVICE);
    permissions.add(Permissions.INTROSPECT);
    return permissions.stream()
        .map(
            it ->
                Grant.everywhere(
                    PERMISSION_ROLES, Set.of(it), new Grantees(Set.of(), Set.of(), Set.of(it))))
        .toList();
  }

  /** The usual grant {@value #OWN_GROUPS}. */
  public static Grant ownGroups() {
    return new Grant(
        OWN_GROUPS, Set.copyOf(Permissions.SERVICE), Grantees.EVERYBODY, new Grant.OwnGroups());
  }

  /** The usual grant {@value #PERSONAL_TOKENS}. */
  public static Grant personalTokens() {
    return Grant.everywhere(PERSONAL_TOKENS, Set.copyOf(Permissions.USER), Grantees.EVERYBODY);
  }

  /**
   * Persons, named one by one, by a group to which they belong, or by a role they have.
   *
   * @param everybody whether it is all persons, named or not
   * @param users canonical refs
   * @param groups canonical refs
   * @param roles names of a servlet container's roles
   */
  public record Grantees(
      boolean everybody, Set<EntityRef> users, Set<EntityRef> groups, Set<String> roles) {

    /** Nobody. */
    public static final Grantees NOBODY = new Grantees(Set.of(), Set.of());

    /** All persons. */
    public static final Grantees EVERYBODY = new Grantees(true, Set.of(), Set.of(), Set.of());

    public Grantees {
      users = Set.copyOf(users);
      groups = Set.copyOf(groups);
      roles = Set.copyOf(roles);
    }

    /** Persons, named one by one, by a group to which they belong, or by a role they have. */
    public Grantees(Set<EntityRef> users, Set<EntityRef> groups, Set<String> roles) {
      this(false, users, groups, roles);
    }

    /** Persons, named one by one or by a group to which they belong. */
    public Grantees(Set<EntityRef> users, Set<EntityRef> groups) {
      this(users, groups, Set.of());
    }

    /** Whether that person is one of them. */
    public boolean include(Actor.Person person) {
      return everybody
          || users.contains(person.ref())
          || !Collections.disjoint(groups, person.groups())
          || !Collections.disjoint(roles, person.roles());
    }
  }

  /** The names of all roles that make a difference here, in alphabetical order. */
  public Set<String> roles() {
    Set<String> names = new TreeSet<>();
    grants.forEach(grant -> names.addAll(grant.to().roles()));
    return Collections.unmodifiableSet(names);
  }

  /**
   * Whether and where an actor has a permission, and why.
   *
   * @param permission one of {@link Permissions#ALL}; nobody has any other
   */
  public Decision decide(Actor actor, String permission) {
    if (actor instanceof Actor.Person person) {
      return ofPerson(person, permission);
    }
    return actor instanceof Actor.Delegate delegate
        ? ofDelegate(delegate, permission)
        : ofToken((Actor.Token) actor, permission);
  }

  private Decision ofDelegate(Actor.Delegate delegate, String permission) {
    return delegate.lets(permission)
        ? ofPerson(delegate.user(), permission)
        : new Decision(permission, List.of(), TOKEN_SCOPES);
  }

  private Decision ofPerson(Actor.Person person, String permission) {
    List<Decision.Given> given = new ArrayList<>();
    for (Grant grant : grants) {
      PermissionScope reach = grant.reachFor(person, permission);
      if (!(reach instanceof PermissionScope.Nowhere)) {
        given.add(new Decision.Given(grant.name(), reach));
      }
    }
    return new Decision(permission, given, NO_GRANT);
  }

  private static Decision ofToken(Actor.Token token, String permission) {
    boolean introspect = permission.equals(Permissions.INTROSPECT);
    boolean known = introspect || Permissions.SERVICE.contains(permission);
    if (!known || !token.verified().scopes().contains(permission)) {
      return new Decision(permission, List.of(), TOKEN_SCOPES);
    }
    PermissionScope reach =
        introspect
            ? new PermissionScope.Everywhere()
            : PermissionScope.over(Set.of(token.verified().group()));
    return new Decision(permission, List.of(new Decision.Given(TOKEN_SCOPES, reach)), TOKEN_SCOPES);
  }

  /** Where the actor has a permission. */
  PermissionScope reachOf(Actor actor, String permission) {
    return decide(actor, permission).reach();
  }

  /** The names of all permissions that the actor has anywhere, in a fixed order. */
  public List<String> permissionsOf(Actor actor) {
    return Permissions.ALL.stream().filter(it -> decide(actor, it).allowed()).toList();
  }

  /** The names of those permissions that the actor has on some groups only, in a fixed order. */
  public List<String> limitedPermissionsOf(Actor actor) {
    return Permissions.ALL.stream()
        .filter(it -> reachOf(actor, it) instanceof PermissionScope.Groups)
        .toList();
  }
}
