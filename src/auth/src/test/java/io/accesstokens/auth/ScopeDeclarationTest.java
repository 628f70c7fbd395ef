package io.accesstokens.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.header.BearerChallenge;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which scope declaration applies, and which declarations are rejected. */
class ScopeDeclarationTest {

  private static Method method(Class<?> type, String name) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getName().equals(name))
        // If a base class is not public, the compiler adds bridge methods for its public methods.
        .min(Comparator.comparing(Method::isBridge))
        .orElseThrow();
  }

  private static Optional<Access> access(Class<?> type, String name) {
    return Access.declaredBy(type, method(type, name));
  }

  private static Optional<Access> scopes(String... scopes) {
    return Optional.of(new Access.Scopes(List.of(scopes), null));
  }

  @RequiresScope("base")
  abstract static class Base {
    @RequiresScope({"base:method", "two", "two"})
    public void method() {}

    public void bare() {}

    @DenyAll
    public void closed() {}
  }

  @RequiresScope("shared")
  interface Shared {
    @RequiresScope("shared:method")
    void shared();
  }

  @RequiresScope("other")
  interface Other {
    @RequiresScope("other:method")
    default void shared() {}
  }

  interface Generic<T> {
    @DenyAll
    void take(T thing);
  }

  /** Inherits most of its declarations. */
  public static class Inheriting extends Base implements Shared, Generic<String> {
    @Override
    public void method() {}

    @Override
    public void bare() {}

    @Override
    @PermitAll
    public void closed() {}

    @Override
    public void shared() {}

    @Override
    public void take(String thing) {}
  }

  /** Declares its scopes on the class. */
  @RolesAllowed("own")
  public static class Declaring extends Base implements Generic<Integer> {
    @Override
    public void take(Integer thing) {}
  }

  /** Inherits its declarations from two interfaces only. */
  public static class Torn implements Shared, Other {
    @Override
    public void shared() {}

    /** Is declared in neither interface. */
    public void own() {}
  }

  /** Inherits its declarations from one interface only. */
  public static class OfOneInterface implements Shared {
    @Override
    public void shared() {}

    /** Is not declared in the interface. */
    public void own() {}
  }

  /** Contains only invalid declarations. */
  public static class Wrong {
    @RequiresScope({})
    public void none() {}

    @RequiresScope("a b")
    public void blank() {}

    @RequiresScope("a\"b")
    public void quote() {}

    @RequiresScope("a\r\nSet-Cookie: x")
    public void line() {}

    @RequiresScope("")
    public void empty() {}

    @RequiresScope({"a", "**"})
    public void any() {}

    @RequiresScope("ä")
    public void umlaut() {}

    @RequiresScope("a")
    @RolesAllowed("a")
    public void both() {}

    @RequiresScope("a")
    @PermitAll
    public void open() {}

    @RequiresScope(
        value = "a",
        mode = {EnforcementMode.WARN, EnforcementMode.ENFORCE})
    public void modes() {}
  }

  @Test
  void nearestDeclarationReplacesAllOthers() {
    assertEquals(scopes("base:method", "two"), access(Inheriting.class, "method"));
    assertEquals(scopes("base"), access(Inheriting.class, "bare"));
    assertEquals(Optional.of(new Access.Open()), access(Inheriting.class, "closed"));
    assertEquals(scopes("shared:method"), access(Inheriting.class, "shared"));
    Optional<Access> own = Optional.of(new Access.Roles(List.of("own")));
    assertEquals(own, access(Declaring.class, "bare"));
    assertEquals(scopes("base:method", "two"), access(Declaring.class, "method"));
    assertEquals(scopes("shared:method"), access(OfOneInterface.class, "shared"));
    assertEquals(scopes("shared"), access(OfOneInterface.class, "own"));
  }

  @Test
  void genericInterfaceMethodIsFoundDespiteErasure() {
    Optional<Access> denied = Optional.of(new Access.Roles(List.of()));
    assertEquals(denied, access(Inheriting.class, "take"));
    assertEquals(denied, access(Declaring.class, "take"));
  }

  /** Has an open method. The type of its parameter is narrowed by a subclass. */
  interface Search<T, K extends Number> {
    @PermitAll
    void find(T query);

    @PermitAll
    void keys(K[] keys, List<T> queries);
  }

  /** Leaves both type variables of the interface to subclasses. */
  abstract static class Searching<A extends Number, B> implements Search<B, A> {
    @PermitAll
    public void list(Collection<String> names) {}

    @PermitAll
    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // has the name of a public method below
    private void secret(String name) {}
  }

  /** Implements the open methods, and has an overload of each of them. */
  @RolesAllowed("own")
  public static class Overloads extends Searching<Integer, String> {
    @Override
    public void find(String query) {}

    /** Is an overload. */
    public void find(Integer id) {}

    @Override
    public void keys(Integer[] keys, List<String> queries) {}

    /** Is an overload. */
    public void keys(Long[] keys, List<String> queries) {}

    /** Is an overload. */
    public void list(List<String> names) {}

    /** Overrides nothing, because the method of the superclass is private. */
    public void secret(String name) {}
  }

  /** Gives no types to the type variables of the interface. */
  @RolesAllowed("own")
  @SuppressWarnings("rawtypes")
  public static class RawSearch implements Search {
    @Override
    public void find(Object query) {}

    /** Is an overload. */
    public void find(String query) {}

    @Override
    public void keys(Number[] keys, List queries) {}
  }

  @Test
  void overloadInheritsNoDeclaration() throws ReflectiveOperationException {
    Optional<Access> own = Optional.of(new Access.Roles(List.of("own")));
    Optional<Access> open = Optional.of(new Access.Open());
    assertEquals(open, access(Overloads.class, "find", String.class));
    assertEquals(own, access(Overloads.class, "find", Integer.class));
    assertEquals(open, access(Overloads.class, "keys", Integer[].class, List.class));
    assertEquals(own, access(Overloads.class, "keys", Long[].class, List.class));
    assertEquals(own, access(Overloads.class, "list", List.class));
    assertEquals(open, access(Overloads.class, "list", Collection.class));
    assertEquals(own, access(Overloads.class, "secret", String.class));
    assertEquals(open, access(RawSearch.class, "find", Object.class));
    assertEquals(own, access(RawSearch.class, "find", String.class));
    assertEquals(open, access(RawSearch.class, "keys", Number[].class, List.class));
  }

  /** Gives types to the type variables of the interface. */
  interface TextSearch extends Search<String, Integer> {}

  /** A proxy has the erased parameters, and is no bridge method. */
  @Test
  void methodOfAGeneratedProxyInheritsItsDeclaration() throws ReflectiveOperationException {
    Object proxy =
        Proxy.newProxyInstance(
            TextSearch.class.getClassLoader(),
            new Class<?>[] {TextSearch.class},
            (self, method, arguments) -> null);
    assertEquals(Optional.of(new Access.Open()), access(proxy.getClass(), "find", Object.class));
  }

  private static Optional<Access> access(Class<?> type, String name, Class<?>... parameters)
      throws ReflectiveOperationException {
    return Access.declaredBy(type, type.getMethod(name, parameters));
  }

  @Test
  void conflictingInterfacesAreRejected() {
    assertThrows(IllegalStateException.class, () -> access(Torn.class, "shared"));
    assertThrows(IllegalStateException.class, () -> access(Torn.class, "own"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none", "blank", "quote", "line", "empty", "any", "umlaut", "both", "open", "modes",
      })
  void invalidDeclarationIsRejectedByName(String method) {
    IllegalStateException thrown =
        assertThrows(IllegalStateException.class, () -> access(Wrong.class, method));
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains("Wrong." + method), message);
  }

  /** Contains all forms of paths. */
  @Path("/a/{id: [0-9]{1,3}}/")
  public static class Paths {
    /** Has no path of its own. */
    @GET
    public void none() {}

    /** Has a path with a pattern that contains braces and colons. */
    @GET
    @Path("/b/{ name : (?:x{2}|y:z) }/c")
    public void pattern() {}
  }

  @Test
  void pathTemplateOmitsPatterns() {
    assertEquals("/a/{id}", ResourceMethods.path(Paths.class, method(Paths.class, "none")));
    assertEquals(
        "/a/{id}/b/{name}/c", ResourceMethods.path(Paths.class, method(Paths.class, "pattern")));
    assertEquals("/", ResourceMethods.path(Wrong.class, method(Wrong.class, "none")));
  }

  @Test
  void enforcementModeIsParsed() {
    assertEquals(EnforcementMode.WARN, EnforcementMode.parse(" Warn "));
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> EnforcementMode.parse("off"));
    assertEquals("a mode must be one of monitor, warn, enforce", thrown.getMessage());
  }

  @Test
  void challengeOmitsInvalidScopes() {
    String two = BearerChallenge.insufficientScope("a b:c");
    assertTrue(two.endsWith(", scope=\"a b:c\""), two);
    for (String bad : List.of("a\", x=\"", "a\\", "a  b", "", "a\r\nb", "é")) {
      String none = BearerChallenge.insufficientScope(bad);
      assertTrue(none.endsWith("error=\"insufficient_scope\""), none);
    }
  }
}
