package io.accesstokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who somebody of a servlet container's realm is. */
class NamePeopleOfARealmTest {

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "user:default/{name},  erin, user:default/erin",
    "{name},               Erin, user:default/Erin",
    "User:corp/{name},     erin, user:corp/erin",
    "user:corp/ad-{name}.x, erin, user:corp/ad-erin.x",
    "user:default/{name},  {name}, 'user:default/{name}'",
    "user:default/{name},  a@b.example, user:default/a@b.example",
  })
  void aNameBecomesARef(String template, String name, String expected) {
    RealmUserRef ref = RealmUserRef.parse(template).orElseThrow();
    assertEquals(expected, ref.of(name).map(EntityRef::toString).orElse("none"));
  }

  /** Or one of the realm could be somebody of another namespace, or two could be one. */
  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"", " ", "erin ", " erin", "e rin", "corp/erin", "a:b", "x\u0000", "/"})
  void aNameThatCannotBePartOfARefIsNobody(String name) {
    assertEquals(Optional.empty(), RealmUserRef.USUAL.of(name));
    assertEquals(Optional.empty(), RealmUserRef.parse("user:a/b{name}").orElseThrow().of(name));
  }

  @Test
  void aNameThatIsTooLongIsNobody() {
    assertEquals(Optional.empty(), RealmUserRef.USUAL.of("x".repeat(EntityRef.MAX_LENGTH)));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {"", "user:default/erin", "{name}/x", "{name}{name}", "group:{name}", "user:{name"})
  void aTemplateHasThePlaceholderOnceInTheNameOfAUser(String template) {
    assertEquals(Optional.empty(), RealmUserRef.parse(template));
  }
}
