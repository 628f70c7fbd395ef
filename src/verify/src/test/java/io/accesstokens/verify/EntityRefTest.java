package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RandomCase;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EntityRefTest {

  private static final EntityRef PLATFORM = new EntityRef("group", "default", "platform");

  @Test
  void canonicalFormParsesToItself() {
    RandomCase.check(
        1000,
        any -> {
          Optional<EntityRef> parsed = EntityRef.parseGroup(ref(any));
          parsed.ifPresent(ref -> assertEquals(parsed, EntityRef.parseGroup(ref.toString())));
          parsed.ifPresent(ref -> assertEquals(ref.toString(), ref.toString().strip()));
        });
  }

  private static String ref(RandomCase any) {
    String kind = any.oneOf(List.of("", "group:", "GROUP:", "user:", ":", " Group:"));
    String namespace = any.below(2) == 0 ? "" : part(any) + "/";
    return kind + namespace + part(any);
  }

  private static String part(RandomCase any) {
    return any.below(2) == 0 ? any.text(8) : any.letters(3);
  }

  @Test
  void equivalentSpellingsAreEqual() {
    for (String text :
        List.of(
            "platform",
            " platform\t",
            "group:platform",
            "default/platform",
            "Group:default/platform",
            "GROUP:default/platform\n")) {
      assertEquals(Optional.of(PLATFORM), EntityRef.parseGroup(text));
    }
    assertEquals("group:default/platform", PLATFORM.toString());
  }

  @Test
  void refsOfDifferentCaseAreEqualAndLowerCase() {
    EntityRef lower = EntityRef.parseUser("user:acme/alice").orElseThrow();
    assertEquals(lower, EntityRef.parseUser("User:ACME/Alice").orElseThrow());
    assertEquals(lower, new EntityRef(EntityRef.USER, "Acme", "ALICE"));
    assertEquals("user:acme/alice", new EntityRef(EntityRef.USER, "Acme", "ALICE").toString());
    assertEquals("user:default/ÿves", EntityRef.parseUser("ŸVES").orElseThrow().toString());
  }

  @Test
  void letterThatIsNotAsciiNeverBecomesAscii() {
    assertEquals(Optional.empty(), EntityRef.parseUser("user:default/\u212Aate")); // Kelvin sign
    assertEquals(Optional.empty(), EntityRef.parseUser("user:default/al\u0130ce"));
  }

  @Test
  void invalidGroupsAreRejected() {
    for (String text :
        List.of(
            "",
            " ",
            "user:default/alice",
            "component:x",
            ":x",
            "group:",
            "group:/x",
            "group:default/",
            "/x",
            "a/b/c",
            "a:b:c",
            "group:a:b",
            "a b",
            "a\u0000b",
            "a\u200Bb",
            "\uD800",
            "a".repeat(242))) {
      assertTrue(EntityRef.parseGroup(text).isEmpty(), text);
    }
  }

  @Test
  void lengthIsCountedInCodePointsOfTheCanonicalForm() {
    assertTrue(EntityRef.parseGroup("a".repeat(241)).isPresent(), "241 letters are rejected");
    assertTrue(
        EntityRef.parseGroup("\uD83D\uDE00".repeat(241)).isPresent(),
        "241 code points are rejected");
    assertEquals(Optional.empty(), EntityRef.parseGroup("\uD83D\uDE00".repeat(242)));
  }
}
