package io.accesstokens.auth;

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

/** Who may call a resource method, as annotations declare it. */
sealed interface Access {

  /** Anybody. */
  record Open() implements Access {}

  /** Callers that have one of these roles; nobody if there are none. */
  record Roles(List<String> anyOf) implements Access {}

  /** Callers that have all of these scopes. */
  record Scopes(List<String> allOf, @Nullable Stage stage) implements Access {}

  /**
   * What a method or else its class declares. The nearest declaration replaces all others: that of
   * the method itself, of those it overrides, of those it implements; then that of the class, of
   * its superclasses, of its interfaces.
   *
   * @throws IllegalStateException if an element declares more than one kind of access, one that is
   *     not valid, or if two interfaces disagree; the message names it
   */
  static Optional<Access> declaredBy(Class<?> resource, Method method) {
    List<Class<?>> classes = ResourceMethods.superclasses(resource);
    Set<Class<?>> interfaces = ResourceMethods.interfaces(resource);
    List<Method> overridden = new ArrayList<>(List.of(method));
    classes.forEach(it -> overridden.addAll(ResourceMethods.declaredIn(it, method)));
    List<Method> implemented = new ArrayList<>();
    interfaces.forEach(it -> implemented.addAll(ResourceMethods.declaredIn(it, method)));
    return nearest(overridden)
        .or(() -> agreed(implemented, method))
        .or(() -> nearest(classes))
        .or(() -> agreed(interfaces, resource));
  }

  /**
   * @throws IllegalStateException if a sub-resource locator of the class declares access: no
   *     request would be held to it, as the runtime binds filters to resource methods only
   */
  static void refuseOnLocators(Class<?> resource) {
    for (Method locator : ResourceMethods.locators(resource)) {
      if (of(locator).isPresent()) {
        throw new IllegalStateException(
            "access is declared by the sub-resource locator "
                + locator
                + ": declare it by the class or the methods of the sub-resource");
      }
    }
  }

  private static Optional<Access> nearest(List<? extends AnnotatedElement> elements) {
    return elements.stream().flatMap(it -> of(it).stream()).findFirst();
  }

  private static Optional<Access> agreed(
      Iterable<? extends AnnotatedElement> elements, AnnotatedElement whose) {
    Set<Access> found = new LinkedHashSet<>();
    elements.forEach(it -> of(it).ifPresent(found::add));
    if (found.size() > 1) {
      throw new IllegalStateException("interfaces of " + whose + " declare different access");
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
      throw new IllegalStateException("more than one kind of access is declared by " + element);
    }
    return found.stream().findFirst();
  }

  private static Access scopes(RequiresScope declared, AnnotatedElement element) {
    List<String> scopes = Arrays.stream(declared.value()).distinct().toList();
    if (scopes.isEmpty() || !scopes.stream().allMatch(BearerChallenge::isScope)) {
      throw new IllegalStateException(
          "one or more scopes, without blanks, are to be required by " + element);
    }
    if (declared.stage().length > 1) {
      throw new IllegalStateException("more than one stage is declared by " + element);
    }
    return new Scopes(scopes, declared.stage().length == 0 ? null : declared.stage()[0]);
  }
}
