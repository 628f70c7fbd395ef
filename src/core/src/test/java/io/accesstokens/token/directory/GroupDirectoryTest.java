package io.accesstokens.token.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.token.directory.GroupDirectory.Group;
import io.accesstokens.token.directory.GroupDirectory.MatchingGroups;
import io.accesstokens.verify.EntityRef;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupDirectoryTest {

  private static final List<Group> GROUPS =
      List.of(
          group("zebra", "A Team"),
          group("data-platform", "Data Platform"),
          group("platform", "Engineering"),
          group("payments", "platform payments"),
          group("cafe", "Cafe\u0301"),
          group("\u03bf\u03b4\u03bf\u03c2", "\u039c\u039f\u03a5\u03a3\u0399\u039a\u0397"),
          group("acme/payments", "Payments of Acme"));

  private static Group group(String ref, String displayName) {
    return Group.of(ref(ref), displayName);
  }

  private static EntityRef ref(String text) {
    return EntityRef.parseGroup(text).orElseThrow();
  }

  private static String found(String text, int limit) {
    return String.join(
        " ",
        MatchingGroups.among(GROUPS, text, limit).groups().stream()
            .map(group -> group.ref().toString().replace("group:", "").replace("default/", ""))
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "plat, platform payments data-platform",
    "PLATFORM, platform payments data-platform",
    "' platform  payments ', payments",
    "payments platform, payments",
    "acme, acme/payments",
    "group:default/platform, platform",
    "caf\u00e9, cafe",
    "\u039c\u039f\u03a5\u03a3, \u03bf\u03b4\u03bf\u03c2",
    "\u03bc\u03bf\u03c5\u03c2, \u03bf\u03b4\u03bf\u03c2",
    "\u03bf\u03b4\u03bf\u03c3, \u03bf\u03b4\u03bf\u03c2",
    "'', zebra cafe data-platform platform acme/payments payments \u03bf\u03b4\u03bf\u03c2",
    "' ', zebra cafe data-platform platform acme/payments payments \u03bf\u03b4\u03bf\u03c2",
    "a team, zebra",
    "nothing, ''",
  })
  void searchMatchesEachWordInRefOrDisplayName(String text, String expected) {
    assertEquals(expected, found(text, 10));
  }

  @Test
  void limitKeepsTheBestMatches() {
    assertEquals("platform", found("plat", 1));
    MatchingGroups none = MatchingGroups.among(GROUPS, "plat", 0);
    assertEquals(new MatchingGroups(List.of(), true), none);
    assertFalse(
        MatchingGroups.among(GROUPS, "plat", 3).truncated(), "3 matches exceed the limit of 3");
  }

  @Test
  void directoryWithoutListFindsGroupsByRef() {
    GroupDirectory small =
        new GroupDirectory() {
          @Override
          public boolean exists(EntityRef group) {
            if (group.name().equals("down")) {
              throw new DirectoryUnavailableException("it is down", new RuntimeException());
            }
            return group.equals(ref("platform"));
          }

          @Override
          public Set<EntityRef> groupsOf(EntityRef user) {
            return Set.of();
          }
        };
    assertEquals(
        new MatchingGroups(List.of(group("platform", "")), false), small.search("platform", 5));
    assertEquals(new MatchingGroups(List.of(), false), small.search("plat", 5));
    assertEquals(new MatchingGroups(List.of(), false), small.search("", 5));
    assertEquals(Map.of(), small.displayNames(Set.of(ref("platform"))));
    assertThrows(DirectoryUnavailableException.class, () -> small.search("down", 5));
  }
}
