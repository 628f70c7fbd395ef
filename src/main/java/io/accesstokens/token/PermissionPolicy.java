package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who has which permission on which groups' tokens. A pure function of the actor and the grants.
 *
 * <ol>
 *   <li>An admin, named or by group or role, has every permission on service tokens, on all groups,
 *       and {@link Permissions#INTROSPECT}.
 *   <li>An auditor, named or by group or role, has {@link Permissions#SERVICE_READ} on all groups.
 *   <li>An introspector has {@link Permissions#INTROSPECT}. That permission knows no groups: who
 *       checks a request's token does not know beforehand whose it is.
 *   <li>A person in a role whose name is one of {@link Permissions#SERVICE} or {@link
 *       Permissions#INTROSPECT} has that permission, on all groups.
 *   <li>A member of groups has every permission on service tokens, on those groups.
 *   <li>A token has the permissions among its scopes, on its own group; {@link
 *       Permissions#INTROSPECT} on all.
 *   <li>A personal token has those permissions of its user, at that moment, that are among its
 *       scopes, on the groups on which the user has them; none of them is {@link
 *       Permissions#USER_WRITE}.
 *   <li>Every person has {@link Permissions#USER} on personal tokens of their own. Admins have
 *       {@link Permissions#USER_ADMIN}, and so has a person in a role of that name.
 *   <li>Nobody else has any.
 * </ol>
 *
 * @param admins the persons of rule 1
 * @param auditors the persons of rule 2
 * @param introspectors the persons of rule 3
 */
public record PermissionPolicy(Grantees admins, Grantees auditors, Grantees introspectors) {

  /** A policy without introspectors beside the admins. */
  public PermissionPolicy(Grantees admins, Grantees auditors) {
    this(admins, auditors, Grantees.NOBODY);
  }

  /**
   * Persons, named one by one, by a group to which they belong, or by a role they have.
   *
   * @param users canonical refs
   * @param groups canonical refs
   * @param roles names of a servlet container's roles
   */
  public record Grantees(Set<EntityRef> users, Set<EntityRef> groups, Set<String> roles) {

    /** Nobody. */
    public static final Grantees NOBODY = new Grantees(Set.of(), Set.of());

    public Grantees {
      users = Set.copyOf(users);
      groups = Set.copyOf(groups);
      roles = Set.copyOf(roles);
    }

    /** Persons, named one by one or by a group to which they belong. */
    public Grantees(Set<EntityRef> users, Set<EntityRef> groups) {
      this(users, groups, Set.of());
    }

    boolean include(Actor.Person person) {
      return users.contains(person.ref())
          || !Collections.disjoint(groups, person.groups())
          || !Collections.disjoint(roles, person.roles());
    }
  }

  /** The names of all roles that make a difference here, in alphabetical order. */
  public Set<String> roles() {
    Set<String> names = new TreeSet<>(Permissions.SERVICE);
    names.add(Permissions.INTROSPECT);
    names.add(Permissions.USER_ADMIN);
    names.addAll(admins.roles());
    names.addAll(auditors.roles());
    names.addAll(introspectors.roles());
    return Collections.unmodifiableSet(names);
  }

  /** Where the actor has one of {@link Permissions#SERVICE} or {@link Permissions#INTROSPECT}. */
  Reach reachOf(Actor actor, String permission) {
    if (actor instanceof Actor.Person person) {
      return reachOfPerson(person, permission);
    }
    if (actor instanceof Actor.Delegate delegate) {
      return delegate.lets(permission)
          ? reachOfPerson(delegate.user(), permission)
          : new Reach.Nowhere();
    }
    Actor.Token token = (Actor.Token) actor;
    if (!token.verified().scopes().contains(permission)) {
      return new Reach.Nowhere();
    }
    return permission.equals(Permissions.INTROSPECT)
        ? new Reach.Everywhere()
        : new Reach.Groups(Set.of(token.verified().group()));
  }

  private Reach reachOfPerson(Actor.Person person, String permission) {
    boolean introspect = permission.equals(Permissions.INTROSPECT);
    if (!introspect && !Permissions.SERVICE.contains(permission)) {
      return new Reach.Nowhere();
    }
    if (admins.include(person) || person.roles().contains(permission)) {
      return new Reach.Everywhere();
    }
    if (permission.equals(Permissions.SERVICE_READ) && auditors.include(person)) {
      return new Reach.Everywhere();
    }
    if (introspect) {
      return introspectors.include(person) ? new Reach.Everywhere() : new Reach.Nowhere();
    }
    return person.groups().isEmpty() ? new Reach.Nowhere() : new Reach.Groups(person.groups());
  }

  /** Those of {@link #permissionsOf} that the actor has on some groups only, in the same order. */
  public List<String> limitedPermissionsOf(Actor actor) {
    return permissionsOf(actor).stream()
        .filter(permission -> reachOf(actor, permission) instanceof Reach.Groups)
        .toList();
  }

  /** The names of all permissions that the actor has anywhere, in a fixed order. */
  public List<String> permissionsOf(Actor actor) {
    if (actor instanceof Actor.Delegate delegate) {
      return permissionsOf(delegate.user()).stream().filter(delegate::lets).toList();
    }
    List<String> asked = new ArrayList<>(Permissions.SERVICE);
    asked.add(Permissions.INTROSPECT);
    List<String> held = new ArrayList<>();
    for (String permission : asked) {
      if (!(reachOf(actor, permission) instanceof Reach.Nowhere)) {
        held.add(permission);
      }
    }
    if (actor instanceof Actor.Person person) {
      held.addAll(Permissions.USER);
      if (admins.include(person) || person.roles().contains(Permissions.USER_ADMIN)) {
        held.add(Permissions.USER_ADMIN);
      }
    }
    return List.copyOf(held);
  }
}
