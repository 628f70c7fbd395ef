package io.accesstokens.auth;

import io.accesstokens.auth.enforcement.Route;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  /** Returns all interfaces of a class, including the inherited ones. */
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
   *
   * @param resource the resource class, which extends or implements the type
   */
  static List<Method> declaredIn(Class<?> resource, Class<?> type, Method method) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(other -> !other.isBridge())
        .filter(other -> other.equals(method) || isOverridden(resource, other, method))
        .toList();
  }

  /**
   * Returns true if a method overrides or implements another method. If a resource class implements
   * {@code Api<String>}, then {@code read(String)} implements {@code read(T)}. Any other {@code
   * read} is an overload, which inherits no annotations.
   *
   * @param other the method that may be overridden
   */
  private static boolean isOverridden(Class<?> resource, Method other, Method method) {
    return other.getName().equals(method.getName())
        && other.getParameterCount() == method.getParameterCount()
        && canBeOverridden(other, method)
        // A bridge method, or a method of a generated proxy, has the erased parameters of the
        // method that it overrides. The compiler refuses an overload with these parameters.
        && (Arrays.equals(other.getParameterTypes(), method.getParameterTypes())
            || parameters(resource, other).equals(parameters(resource, method)));
  }

  private static boolean canBeOverridden(Method other, Method method) {
    int modifiers = other.getModifiers();
    if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers)) {
      return false;
    }
    return Modifier.isPublic(modifiers)
        || Modifier.isProtected(modifiers)
        || other
            .getDeclaringClass()
            .getPackageName()
            .equals(method.getDeclaringClass().getPackageName());
  }

  /** Returns the types of a method's parameters in a resource class, after erasure. */
  private static List<? extends Class<?>> parameters(Class<?> resource, Method method) {
    return Arrays.stream(method.getGenericParameterTypes())
        .map(type -> erasure(resource, type))
        .toList();
  }

  /**
   * Returns the erasure of a type in a resource class. Type variables of superclasses and
   * interfaces are first replaced by the type arguments that the resource class gives.
   */
  private static Class<?> erasure(Class<?> resource, Type type) {
    if (type instanceof Class<?> found) {
      return found;
    }
    if (type instanceof ParameterizedType parameterized) {
      return (Class<?>) parameterized.getRawType();
    }
    if (type instanceof GenericArrayType array) {
      return erasure(resource, array.getGenericComponentType()).arrayType();
    }
    if (type instanceof TypeVariable<?> variable) {
      return erasure(resource, argument(resource, variable).orElse(variable.getBounds()[0]));
    }
    throw new IllegalArgumentException("a parameter cannot have the type " + type);
  }

  /**
   * Returns the type argument that a resource class gives for a type variable. Returns empty if the
   * type variable belongs to a method, or if a class extends a raw type.
   */
  private static Optional<Type> argument(Class<?> resource, TypeVariable<?> variable) {
    GenericDeclaration owner = variable.getGenericDeclaration();
    int index = List.of(owner.getTypeParameters()).indexOf(variable);
    return types(resource)
        .flatMap(
            type ->
                Stream.concat(
                    Stream.ofNullable(type.getGenericSuperclass()),
                    Arrays.stream(type.getGenericInterfaces())))
        .filter(ParameterizedType.class::isInstance)
        .map(ParameterizedType.class::cast)
        .filter(parent -> parent.getRawType().equals(owner))
        .map(parent -> parent.getActualTypeArguments()[index])
        .findFirst();
  }

  /** Returns a class and its superclasses, and then all their interfaces. */
  static Stream<Class<?>> types(Class<?> resource) {
    return Stream.concat(superclasses(resource).stream(), interfaces(resource).stream());
  }

  /**
   * Returns a method and the methods that it overrides or implements. The methods of superclasses
   * come before the methods of interfaces.
   */
  private static List<Method> lineage(Class<?> resource, Method method) {
    List<Method> methods = new ArrayList<>(List.of(method));
    types(resource).forEach(type -> methods.addAll(declaredIn(resource, type, method)));
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

  /** Returns true if {@link RequiresScope} is on a method, on its class, or inherited. */
  static boolean requiresScope(Class<?> resource, Method method) {
    return Stream.concat(lineage(resource, method).stream(), types(resource))
        .anyMatch(element -> element.isAnnotationPresent(RequiresScope.class));
  }

  /**
   * Returns true if a resource class has its own path and therefore needs no sub-resource locator.
   */
  static boolean isRoot(Class<?> resource) {
    return types(resource).anyMatch(type -> type.isAnnotationPresent(Path.class));
  }

  /** Returns true if a type has a path, a resource method, or a sub-resource locator. */
  static boolean declaresResource(Class<?> type) {
    return isRoot(type)
        || !locators(type).isEmpty()
        || Arrays.stream(type.getMethods())
            .anyMatch(method -> requestMethod(type, method).isPresent());
  }

  /**
   * Returns the classes of the resources that the runtime has matched to a request. The first
   * element is the class of the resource method. The other elements are the classes whose
   * sub-resource locators led to this class, the root resource last. Returns an empty list if the
   * runtime does not report the matched resources.
   */
  static List<Class<?>> matched(ContainerRequestContext request) {
    List<Class<?>> classes = new ArrayList<>();
    for (Object resource : request.getUriInfo().getMatchedResources()) {
      // Some runtimes report a class, not its object.
      classes.add(resource instanceof Class<?> type ? type : resource.getClass());
    }
    return classes;
  }

  /**
   * Returns the sub-resource locators of a class: the methods with a path and no request method.
   */
  static List<Method> locators(Class<?> resource) {
    return types(resource)
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(method -> !method.isBridge() && path(lineage(resource, method)).isPresent())
        .filter(method -> requestMethod(resource, method).isEmpty())
        .toList();
  }

  /** Returns the path template of a class and a method, see {@link Route#path}. */
  static String path(Class<?> resource, Method method) {
    StringBuilder path = new StringBuilder();
    path(types(resource).toList()).ifPresent(template -> append(path, template));
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
