package io.accesstokens.auth;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.header.BearerChallenge;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The access rule of a resource method, as annotations declare it. */
sealed interface Access {

  /** Any caller is allowed, authenticated or not. */
  record Open() implements Access {}

  /** A caller needs at least one of these roles. If the list is empty, all callers are denied. */
  record Roles(List<String> anyOf) implements Access {}

  /**
   * A caller needs all of these scopes.
   *
   * @param mode the declared enforcement mode; null if none is declared
   */
  record Scopes(List<String> allOf, @Nullable EnforcementMode mode) implements Access {}

  /**
   * Returns the access that a method or its class declares; empty if there is no declaration. The
   * first declaration in this order applies, and all others are ignored:
   *
   * <ol>
   *   <li>the method itself
   *   <li>the methods that it overrides
   *   <li>the methods that it implements
   *   <li>the class
   *   <li>its superclasses
   *   <li>its interfaces
   * </ol>
   *
   * @throws IllegalStateException if an element declares more than one kind of access or an invalid
   *     access, or if two interfaces declare different access; the message names the element
   */
  static Optional<Access> declaredBy(Class<?> resource, Method method) {
    List<Class<?>> classes = ResourceMethods.superclasses(resource);
    Set<Class<?>> interfaces = ResourceMethods.interfaces(resource);
    List<Method> overridden = new ArrayList<>(List.of(method));
    classes.forEach(type -> overridden.addAll(ResourceMethods.declaredIn(resource, type, method)));
    List<Method> implemented = new ArrayList<>();
    interfaces.forEach(
        type -> implemented.addAll(ResourceMethods.declaredIn(resource, type, method)));
    return nearest(overridden)
        .or(() -> agreed(implemented, method))
        .or(() -> nearest(classes))
        .or(() -> agreed(interfaces, resource));
  }

  /**
   * Throws if a sub-resource locator of a class declares access. The declaration would have no
   * effect, because the Jakarta REST runtime applies filters to resource methods only.
   *
   * @throws IllegalStateException if a locator declares access; the message names the locator
   */
  static void refuseOnLocators(Class<?> resource) {
    for (Method locator : ResourceMethods.locators(resource)) {
      if (of(locator).isPresent()) {
        throw new IllegalStateException(
            "the sub-resource locator "
                + locator
                + " declares access, which has no effect: declare access on the class or the"
                + " methods of the sub-resource");
      }
    }
  }

  private static Optional<Access> nearest(List<? extends AnnotatedElement> elements) {
    return elements.stream().flatMap(element -> of(element).stream()).findFirst();
  }

  private static Optional<Access> agreed(
      Iterable<? extends AnnotatedElement> elements, AnnotatedElement owner) {
    Set<Access> found = new LinkedHashSet<>();
    elements.forEach(element -> of(element).ifPresent(found::add));
    if (found.size() > 1) {
      throw new IllegalStateException("interfaces of " + owner + " declare different access");
    }
    return found.stream().findFirst();
  }

  private static Optional<Access> of(AnnotatedElement element) {
    List<Access> found = new ArrayList<>();
    if (element.isAnnotationPresent(PermitAll.class)) {
      found.add(new Open());
    }
    if (element.isAnnotationPresent(DenyAll.class)) {
      found.add(new Roles(List.of()));
    }
    RolesAllowed roles = element.getAnnotation(RolesAllowed.class);
    if (roles != null) {
      found.add(new Roles(List.of(roles.value())));
    }
    RequiresScope scopes = element.getAnnotation(RequiresScope.class);
    if (scopes != null) {
      found.add(scopes(scopes, element));
    }
    if (found.size() > 1) {
      throw new IllegalStateException(element + " declares more than one kind of access");
    }
    return found.stream().findFirst();
  }

  private static Access scopes(RequiresScope declared, AnnotatedElement element) {
    List<String> scopes = Arrays.stream(declared.value()).distinct().toList();
    if (scopes.isEmpty() || !scopes.stream().allMatch(BearerChallenge::isScope)) {
      throw new IllegalStateException(
          "@RequiresScope needs one or more scopes without spaces: " + element);
    }
    if (scopes.contains(RoleFilter.ANY_CALLER)) {
      throw new IllegalStateException(
          "** is no scope, use @RolesAllowed(\"**\") for any authenticated caller: " + element);
    }
    if (declared.mode().length > 1) {
      throw new IllegalStateException(element + " declares more than one mode");
    }
    return new Scopes(scopes, declared.mode().length == 0 ? null : declared.mode()[0]);
  }
}
