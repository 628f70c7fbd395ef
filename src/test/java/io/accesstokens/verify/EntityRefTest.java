package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EntityRefTest {

  private static final EntityRef PLATFORM = new EntityRef("group", "default", "platform");

  @Property
  void theCanonicalFormIsAFixedPoint(@ForAll("refs") String text) {
    Optional<EntityRef> ref = EntityRef.parseGroup(text);
    ref.ifPresent(it -> assertEquals(ref, EntityRef.parseGroup(it.toString())));
    ref.ifPresent(it -> assertEquals(it.toString(), it.toString().strip()));
  }

  @Provide
  Arbitrary<String> refs() {
    Arbitrary<String> part =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(8), Arbitraries.strings().alpha().ofLength(3));
    Arbitrary<String> kind = Arbitraries.of("", "group:", "GROUP:", "user:", ":", " Group:");
    Arbitrary<String> namespace =
        Arbitraries.oneOf(Arbitraries.just(""), part.map(text -> text + "/"));
    return Combinators.combine(kind, namespace, part).as((k, ns, n) -> k + ns + n);
  }

  @Example
  void manySpellingsAreOneRef() {
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

  @Example
  void caseTellsNamesApart() {
    assertEquals("group:default/CI", EntityRef.parseGroup("CI").orElseThrow().toString());
  }

  @Example
  void theseAreNoGroups() {
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

  @Example
  void lengthsCountCodePointsOfTheCanonicalForm() {
    assertTrue(EntityRef.parseGroup("a".repeat(241)).isPresent());
    assertTrue(EntityRef.parseGroup("\uD83D\uDE00".repeat(241)).isPresent());
    assertTrue(EntityRef.parseGroup("\uD83D\uDE00".repeat(242)).isEmpty());
  }
}
