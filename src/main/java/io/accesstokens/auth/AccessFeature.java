package io.accesstokens.auth;

import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Holds each resource method to the access that it, or else its class, declares: {@link
 * RolesAllowed}, {@link PermitAll} or {@link DenyAll}.
 *
 * <p>{@code @RolesAllowed("**")} admits any authenticated caller, as in Jakarta Servlet. Answers
 * that the runtime gives by itself, to {@code OPTIONS}, are open to all: they tell nothing but the
 * methods.
 *
 * <p>Jersey's own WADL resource declares no access, and so stops the start, too: an application on
 * Jersey sets {@code jersey.config.server.wadl.disableWadl}.
 */
public final class AccessFeature implements DynamicFeature {

  private final DenialListener listener;

  /** Tells nobody of denials. */
  public AccessFeature() {
    this(DenialListener.NONE);
  }

  /**
   * @param listener is told of each 403
   */
  public AccessFeature(DenialListener listener) {
    this.listener = listener;
  }

  /**
   * @throws IllegalStateException if the method declares no access, or more than one kind of it;
   *     the message names the method. The runtime then does not start.
   */
  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    Method method = resource.getResourceMethod();
    if (!answersRequests(method)) {
      // Not a method of ours: the runtime's own answer to OPTIONS.
      context.register(new AccessFilter.OptionsOnly(), Priorities.AUTHORIZATION);
      return;
    }
    Access access =
        declaredBy(method)
            .or(() -> declaredBy(resource.getResourceClass()))
            .or(() -> declaredBy(method.getDeclaringClass()))
            .orElseThrow(() -> new IllegalStateException("no access is declared by " + method));
    if (!access.open()) {
      context.register(new AccessFilter(access, listener), Priorities.AUTHORIZATION);
    }
  }

  /** Whether it, or the method that it implements, has a request method designator. */
  private static boolean answersRequests(Method method) {
    return withAncestors(method.getDeclaringClass())
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(
            other ->
                other.getName().equals(method.getName())
                    && Arrays.equals(other.getParameterTypes(), method.getParameterTypes()))
        .flatMap(other -> Arrays.stream(other.getAnnotations()))
        .anyMatch(it -> it.annotationType().isAnnotationPresent(HttpMethod.class));
  }

  private static Stream<Class<?>> withAncestors(Class<?> type) {
    Stream<Class<?>> parents = Arrays.stream(type.getInterfaces());
    if (type.getSuperclass() != null) {
      parents = Stream.concat(Stream.of(type.getSuperclass()), parents);
    }
    return Stream.concat(Stream.of(type), parents.flatMap(AccessFeature::withAncestors));
  }

  private static Optional<Access> declaredBy(AnnotatedElement element) {
    RolesAllowed roles = element.getAnnotation(RolesAllowed.class);
    boolean open = element.isAnnotationPresent(PermitAll.class);
    boolean closed = element.isAnnotationPresent(DenyAll.class);
    int kinds = (roles == null ? 0 : 1) + (open ? 1 : 0) + (closed ? 1 : 0);
    if (kinds > 1) {
      throw new IllegalStateException("more than one kind of access is declared by " + element);
    }
    if (kinds == 0) {
      return Optional.empty();
    }
    return Optional.of(new Access(open, roles == null ? List.of() : List.of(roles.value())));
  }

  /**
   * Who may call.
   *
   * @param open whether anybody may
   * @param roles otherwise: callers that have one of these; nobody if there are none
   */
  record Access(boolean open, List<String> roles) {}
}
