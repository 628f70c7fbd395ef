package io.accesstokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.verify.EntityRef;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the conversion of a name to an entity ref. The name comes from a realm, a directory or an
 * issuer.
 */
class EntityRefTemplateTest {

  private static EntityRefTemplate users(String text) {
    return EntityRefTemplate.ofUsers(text).orElseThrow();
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "user:default/{name},  erin, user:default/erin",
    "user:{uid},           Erin, user:default/erin",
    "user:Corp/AD-{uid}.X, Erin, user:corp/ad-erin.x",
    "User:corp/{name},     erin, user:corp/erin",
    "user:corp/ad-{uid}.x, erin, user:corp/ad-erin.x",
    "user:corp/{uid}x,     x,    user:corp/xx",
    "user:default/{name},  {name}, 'user:default/{name}'",
    "user:default/{https://example.com/mail}, a@b.example, user:default/a@b.example",
    "{sub}, user:default/erin, user:default/erin",
    "{sub}, User:corp/Erin,    user:corp/erin",
  })
  void nameAndRefConvertBothWays(String template, String name, String expected) {
    EntityRef ref = users(template).of(name).orElseThrow();
    assertEquals(expected, ref.toString());
    assertEquals(
        template.equals("{sub}") ? expected : name.toLowerCase(Locale.ROOT),
        users(template).nameOf(ref).orElseThrow());
  }

  @Test
  void groupTemplatesWorkLikeUserTemplates() {
    EntityRefTemplate groups = EntityRefTemplate.ofGroups("group:corp/{cn}").orElseThrow();
    assertEquals("group:corp/ops", groups.of("ops").orElseThrow().toString());
    assertEquals("cn", groups.placeholder());
    assertEquals(Optional.empty(), groups.nameOf(users("user:corp/{uid}").of("ops").orElseThrow()));
  }

  /**
   * If such a name had an entity ref, two names could become one user, or a name could become a
   * user of another namespace.
   */
  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"", " ", "erin ", " erin", "e rin", "corp/erin", "a:b", "x\u0000", "/"})
  void nameThatIsInvalidInARefHasNoRef(String name) {
    assertEquals(Optional.empty(), users("user:default/{name}").of(name));
    assertEquals(Optional.empty(), users("user:a/b{name}").of(name));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "",
        "erin",
        "default/erin",
        "user:erin",
        "group:default/erin",
        "user:default/",
        "user:/erin",
        " user:default/erin",
        "user:default/erin\n",
        "user:default/a/b",
        "service-token:default/erin",
      })
  void incompleteRefIsNoUser(String name) {
    assertEquals(Optional.empty(), users("{sub}").of(name));
  }

  @Test
  void tooLongNameHasNoRef() {
    assertEquals(
        Optional.empty(), users("user:default/{name}").of("x".repeat(EntityRef.MAX_LENGTH)));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @CsvSource({
    "user:default/{uid},  user:corp/erin",
    "user:default/a{uid}, user:default/erin",
    "user:default/{uid}x, user:default/erin",
    "user:default/a{uid}a, user:default/aa",
  })
  void refOutsideTheTemplateHasNoName(String template, String ref) {
    assertEquals(Optional.empty(), users(template).nameOf(EntityRef.parseUser(ref).orElseThrow()));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "",
        "user:default/erin",
        "{name}/x",
        "user:{namespace}/x",
        "{name}{name}",
        "group:{name}",
        "user:{name",
        "user:{}",
        "user:a b{name}",
      })
  void templateNeedsOnePlaceholderInTheName(String template) {
    assertEquals(Optional.empty(), EntityRefTemplate.ofUsers(template));
    assertEquals(
        Optional.of("group:default/{name}"),
        EntityRefTemplate.ofGroups("group:{name}").map(EntityRefTemplate::toString));
  }
}
