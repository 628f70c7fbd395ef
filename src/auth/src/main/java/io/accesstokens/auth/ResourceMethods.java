package io.accesstokens.auth;

import io.accesstokens.auth.enforcement.Route;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the Jakarta REST annotations of a Java method. A method inherits annotations from the
 * methods that it overrides or implements (Jakarta REST 3.1, section 3.6).
 */
final class ResourceMethods {

  private static final Pattern OUTER_SLASHES = Pattern.compile("^/++|(?<!/)/++\\z");

  private ResourceMethods() {}

  /** Returns a class and its superclasses, nearest first, without {@code Object}. */
  static List<Class<?>> superclasses(Class<?> type) {
    List<Class<?>> chain = new ArrayList<>();
    for (Class<?> next = type; next != null && next != Object.class; next = next.getSuperclass()) {
      chain.add(next);
    }
    return chain;
  }

  /** Returns all interfaces of a class and of its superclasses. */
  static Set<Class<?>> interfaces(Class<?> type) {
    Set<Class<?>> found = new LinkedHashSet<>();
    superclasses(type).forEach(ancestor -> addInterfaces(ancestor, found));
    return found;
  }

  private static void addInterfaces(Class<?> type, Set<Class<?>> found) {
    for (Class<?> parent : type.getInterfaces()) {
      if (found.add(parent)) {
        addInterfaces(parent, found);
      }
    }
  }

  /**
   * Returns the declarations of a method in a type; empty if the type does not declare the method.
   */
  static List<Method> declaredIn(Class<?> type, Method method) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(other -> !other.isBridge())
        .filter(other -> other.equals(method) || isOverridden(other, method))
        .toList();
  }

  /**
   * Returns true if a method overrides or implements another method. A parameter of a generic type
   * may have a narrower type: {@code read(String)} implements {@code read(T)}.
   *
   * @param other the method that may be overridden
   */
  private static boolean isOverridden(Method other, Method method) {
    Class<?>[] erased = other.getParameterTypes();
    Class<?>[] narrowed = method.getParameterTypes();
    if (!other.getName().equals(method.getName()) || erased.length != narrowed.length) {
      return false;
    }
    for (int i = 0; i < narrowed.length; i++) {
      boolean generic = !(other.getGenericParameterTypes()[i] instanceof Class<?>);
      if (erased[i] != narrowed[i] && !(generic && erased[i].isAssignableFrom(narrowed[i]))) {
        return false;
      }
    }
    return true;
  }

  /** Returns a method and the methods that it overrides or implements, nearest first. */
  private static List<Method> lineage(Class<?> resource, Method method) {
    List<Class<?>> types = new ArrayList<>(superclasses(resource));
    types.addAll(interfaces(resource));
    List<Method> methods = new ArrayList<>(List.of(method));
    types.forEach(type -> methods.addAll(declaredIn(type, method)));
    return methods;
  }

  /**
   * Returns the HTTP request method that a Java method serves, such as {@code GET}; empty if the
   * Java method serves no requests.
   */
  static Optional<String> requestMethod(Class<?> resource, Method method) {
    return lineage(resource, method).stream()
        .flatMap(declaration -> Arrays.stream(declaration.getAnnotations()))
        .map(Annotation::annotationType)
        .map(annotation -> annotation.getAnnotation(HttpMethod.class))
        .filter(Objects::nonNull)
        .map(HttpMethod::value)
        .findFirst();
  }

  /**
   * Returns true if a resource class has its own path, so that no sub-resource locator is needed.
   */
  static boolean isRoot(Class<?> resource) {
    List<Class<?>> types = new ArrayList<>(superclasses(resource));
    types.addAll(interfaces(resource));
    return types.stream().anyMatch(type -> type.isAnnotationPresent(Path.class));
  }

  /**
   * Returns the sub-resource locators of a class: the methods with a path and no request method.
   */
  static List<Method> locators(Class<?> resource) {
    List<Class<?>> types = new ArrayList<>(superclasses(resource));
    types.addAll(interfaces(resource));
    return types.stream()
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(method -> !method.isBridge() && path(lineage(resource, method)).isPresent())
        .filter(method -> requestMethod(resource, method).isEmpty())
        .toList();
  }

  /** Returns the path template of a class and a method, see {@link Route#path}. */
  static String path(Class<?> resource, Method method) {
    List<Class<?>> types = new ArrayList<>(superclasses(resource));
    types.addAll(interfaces(resource));
    StringBuilder path = new StringBuilder();
    path(types).ifPresent(template -> append(path, template));
    path(lineage(resource, method)).ifPresent(template -> append(path, template));
    return path.isEmpty() ? "/" : path.toString();
  }

  private static Optional<String> path(List<? extends AnnotatedElement> elements) {
    return elements.stream()
        .map(element -> element.getAnnotation(Path.class))
        .filter(Objects::nonNull)
        .map(Path::value)
        .findFirst();
  }

  /**
   * Appends a path template, without its outer slashes and without the regular expressions of its
   * parameters.
   */
  private static void append(StringBuilder path, String template) {
    String inner = OUTER_SLASHES.matcher(template).replaceAll("");
    if (inner.isEmpty()) {
      return;
    }
    path.append('/');
    int depth = 0;
    boolean expression = false;
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        expression = false;
      } else if (c == ':' && depth == 1) {
        expression = true;
      }
      if (!expression && !(depth > 0 && Character.isWhitespace(c))) {
        path.append(c);
      }
    }
  }
}
