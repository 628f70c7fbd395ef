package io.accesstokens.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.file.MalformedFileException;
import io.accesstokens.file.WatchedFile;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.verify.EntityRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileGroupDirectoryTest {

  private static final String SAMPLE = "io/accesstokens/login/sample/groups.yaml";

  @TempDir Path folder;
  private Instant now = Instant.now();

  private static EntityRef group(String text) {
    return EntityRef.parseGroup(text).orElseThrow();
  }

  private static EntityRef user(String text) {
    return EntityRef.parseUser(text).orElseThrow();
  }

  private static String entity(String kind, String metadata, String spec) {
    return "apiVersion: backstage.io/v1alpha1\nkind: %s\nmetadata: %s\nspec: %s\n"
        .formatted(kind, metadata, spec);
  }

  private FileGroupDirectory of(String... documents) throws IOException {
    Path path = folder.resolve("groups.yaml");
    Files.writeString(path, String.join("---\n", documents));
    return FileGroupDirectory.at(path, () -> now);
  }

  private List<String> errorsOf(String... documents) {
    String prefix = folder.resolve("groups.yaml") + ": ";
    return assertThrows(MalformedFileException.class, () -> of(documents)).problems().stream()
        .peek(line -> assertTrue(line.startsWith(prefix), line))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  @Test
  void sampleHasThreeGroupsAndOneMember() {
    FileGroupDirectory sample = FileGroupDirectory.ofResource(getClass().getClassLoader(), SAMPLE);
    for (String name : List.of("platform", "payments", "guests")) {
      assertTrue(sample.exists(group(name)), name);
    }
    assertTrue(sample.exists(group("Platform")), "found in another case");
    assertFalse(
        sample.exists(group("other/platform")), "the group of another namespace does not exist");
    assertEquals(Set.of(group("platform")), sample.groupsOf(user("carol")));
    for (String name : List.of("alice", "bob", "dave", "unknown")) {
      assertEquals(Set.of(), sample.groupsOf(user(name)), name);
    }
  }

  @Test
  void mailGoesToTheAddressOfAGroupOrOfItsDirectMembers() throws IOException {
    FileGroupDirectory directory =
        of(
            entity("Group", "{name: a}", "{profile: {email: ' a@example.com'}, members: [carol]}"),
            entity("Group", "{name: b}", "{members: [carol, erin, gone], children: [c]}"),
            entity("Group", "{name: c}", "{members: [dave]}"),
            entity("User", "{name: carol}", "{profile: {email: carol@example.com}}"),
            entity("User", "{name: dave}", "{profile: {email: dave@example.com}}"),
            entity("User", "{name: erin}", "{profile: {email: 'Erin <erin@example.com>'}}"));
    assertEquals(Set.of("a@example.com"), directory.addressesOf(group("a")));
    assertEquals(Set.of("carol@example.com"), directory.addressesOf(group("b")));
    assertEquals(Set.of("dave@example.com"), directory.addressesOf(user("dave")));
    assertEquals(Set.of(), directory.addressesOf(group("unknown")));
    assertEquals(
        List.of("document 1, line 4: spec.profile.email must be text"),
        errorsOf(entity("Group", "{name: a}", "{profile: {email: [x]}}")));
  }

  @Test
  void repositoryFileHasTheSampleMembership() {
    FileGroupDirectory file =
        FileGroupDirectory.at(Path.of("config", "groups.yaml"), InstantSource.system());
    assertEquals(Set.of(group("platform")), file.groupsOf(user("carol")));
  }

  @Test
  void membershipCombinesGroupMembersAndUserMemberOf() throws IOException {
    FileGroupDirectory directory =
        of(
            entity("Group", "{name: a}", "{type: team, members: [x, 'user:default/y', User:z]}"),
            entity("Group", "{name: b, title: B}", "{children: [a], parent: c}"),
            entity("User", "{name: x}", "{memberOf: [b, 'group:default/a']}"),
            entity("User", "{name: q}", "{memberOf: }"));
    assertEquals(Set.of(group("a"), group("b")), directory.groupsOf(user("x")));
    assertEquals(Set.of(group("a")), directory.nested(false).groupsOf(user("y")));
    assertEquals(Set.of(group("a")), directory.nested(false).groupsOf(user("z")));
    assertEquals(Set.of(), directory.groupsOf(user("q")));
  }

  @Test
  void membershipIncludesAncestorsNotDescendants() throws IOException {
    FileGroupDirectory directory =
        of(
            entity("Group", "{name: root}", "{members: [r], children: ['Group:default/left']}"),
            entity("Group", "{name: left}", "{members: [l]}"),
            entity("Group", "{name: right}", "{parent: root, members: [x]}"),
            entity("Group", "{name: leaf}", "{parent: left, members: [x, y]}"),
            entity(
                "Group", "{name: away, namespace: acme}", "{parent: default/leaf, members: [z]}"));
    assertEquals(Set.of(group("root")), directory.groupsOf(user("r")));
    assertEquals(Set.of(group("root"), group("left")), directory.groupsOf(user("l")));
    assertEquals(
        Set.of(group("leaf"), group("left"), group("root")), directory.groupsOf(user("y")));
    assertEquals(
        Set.of(group("leaf"), group("left"), group("right"), group("root")),
        directory.groupsOf(user("x")));
    assertEquals(
        Set.of(group("acme/away"), group("leaf"), group("left"), group("root")),
        directory.groupsOf(user("acme/z")));
    FileGroupDirectory flat = directory.nested(false);
    assertEquals(Set.of(group("leaf"), group("right")), flat.groupsOf(user("x")));
    assertEquals(Set.of(group("acme/away")), flat.groupsOf(user("acme/z")));
    assertTrue(flat.exists(group("root")), "a group without direct members exists");
  }

  @Test
  void groupsInACycleHaveTheSameMembers() throws IOException {
    FileGroupDirectory directory =
        of(
            entity("Group", "{name: a}", "{parent: b, members: [x]}"),
            entity("Group", "{name: b}", "{parent: c}"),
            entity("Group", "{name: c}", "{parent: a, members: [y]}"),
            entity("Group", "{name: own}", "{parent: own, children: [own], members: [z]}"),
            entity("Group", "{name: below}", "{parent: c, members: [w]}"));
    Set<EntityRef> cycle = Set.of(group("a"), group("b"), group("c"));
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          assertEquals(cycle, directory.groupsOf(user("x")));
          assertEquals(cycle, directory.groupsOf(user("y")));
          assertEquals(Set.of(group("own")), directory.groupsOf(user("z")));
          assertEquals(
              Set.of(group("below"), group("a"), group("b"), group("c")),
              directory.groupsOf(user("w")));
        });
  }

  @Test
  void longChainOfGroupsIsResolved() throws IOException {
    int many = 20_000;
    String[] documents = new String[many];
    for (int i = 0; i < many; i++) {
      documents[i] = entity("Group", "{name: g" + i + "}", "{parent: g" + (i + 1) % many + "}");
    }
    documents[0] = entity("Group", "{name: g0}", "{parent: g1, members: [x]}");
    FileGroupDirectory directory = of(documents);
    int found =
        TimeLimits.within(
            Duration.ofSeconds(5),
            () ->
                assertTimeoutPreemptively(
                    Duration.ofMinutes(1), () -> directory.groupsOf(user("x")).size()));
    assertEquals(many, found);
  }

  @Test
  void displayNameIsProfileNameThenTitleThenName() throws IOException {
    FileGroupDirectory directory =
        of(
            entity("Group", "{name: a, title: Title}", "{profile: {displayName: ' Team A '}}"),
            entity("Group", "{name: b, title: Team B}", "{profile: {email: b@example.com}}"),
            entity("Group", "{name: c}", "{profile: {displayName: ''}}"),
            entity("Group", "{name: d}", "{profile: {displayName: \"x\\u202ey\\nz\"}}"),
            entity("Group", "{name: e}", "{profile: {displayName: " + "e".repeat(101) + "}}"));
    assertEquals(
        Map.of(
            group("a"), "Team A",
            group("b"), "Team B",
            group("c"), "c",
            group("d"), "x y z",
            group("e"), "e".repeat(100)),
        directory.displayNames(
            Set.of(group("a"), group("b"), group("c"), group("d"), group("e"), group("none"))));
  }

  @Test
  void shortNamesBelongToTheNamespaceOfTheirEntity() throws IOException {
    FileGroupDirectory directory =
        of(
            entity("Group", "{name: a, namespace: acme}", "{members: [x, 'default/y']}"),
            entity("Group", "{name: a}", "{}"));
    assertEquals(Set.of(group("acme/a")), directory.groupsOf(user("acme/x")));
    assertEquals(Set.of(), directory.groupsOf(user("x")));
    assertEquals(Set.of(group("acme/a")), directory.groupsOf(user("y")));
  }

  @Test
  void otherKindsEmptyDocumentsAndUnknownKeysAreIgnored() throws IOException {
    FileGroupDirectory directory =
        of(
            "",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: 5\n",
            "apiVersion: v1\nkind: Location\n",
            entity("group", "{name: a, labels: {x: y}}", "{profile: {displayName: A}, z: [1]}"));
    assertTrue(directory.exists(group("a")), "the group with unknown keys exists");
  }

  @Test
  void missingParentOrChildIsAWarning() throws IOException {
    try (RecordedLog log = new RecordedLog(WatchedFile.class)) {
      FileGroupDirectory directory =
          of(entity("Group", "{name: a}", "{parent: up, children: [down], members: [x]}"));
      assertEquals(Set.of(group("a")), directory.groupsOf(user("x")));
      assertFalse(directory.exists(group("up")), "a parent that is not in the file does not exist");
      assertFalse(
          directory.exists(group("down")), "a child that is not in the file does not exist");
      assertEquals(
          List.of(
              "line 4: group:default/down is listed as a child of group:default/a,"
                  + " but is not in the file",
              "line 4: group:default/up is listed as the parent of group:default/a,"
                  + " but is not in the file"),
          log.lines().stream().map(line -> line.substring(line.indexOf("line "))).toList());
    }
  }

  @Test
  void membershipInAMissingGroupIsAWarning() throws IOException {
    try (RecordedLog log = new RecordedLog(WatchedFile.class)) {
      FileGroupDirectory directory =
          of(
              entity("Group", "{name: a}", "{}"),
              entity("User", "{name: x}", "{memberOf: [a, ghosts]}"));
      assertEquals(Set.of(group("a")), directory.groupsOf(user("x")));
      assertFalse(directory.exists(group("ghosts")), "the missing group does not exist");
      assertEquals(1, log.lines().size());
      assertTrue(
          log.lines()
              .get(0)
              .endsWith(
                  "line 9: group:default/ghosts is listed as a group of user:default/x,"
                      + " but is not in the file"),
          log.lines().get(0));
    }
  }

  @Test
  void errorsNameDocumentAndLine() {
    assertEquals(
        List.of(
            "document 2, line 6: must be a mapping",
            "document 3, line 8: kind is missing",
            "document 4, line 10: apiVersion must be text",
            "document 5, line 15: metadata must be a mapping",
            "document 6, line 21: metadata.name is missing",
            "document 7, line 26: metadata.name and metadata.namespace do not make an entity ref",
            "document 8, line 32: spec must be a mapping",
            "document 9, line 37: spec.members must be a list",
            "document 10, line 42: spec.members[1] must be the name or the ref of a user",
            "document 10, line 42: spec.members[2] must be the name or the ref of a user",
            "document 11, line 47: spec.profile must be a mapping",
            "document 11, line 46: metadata.title must be text",
            "document 11, line 47: spec.children[0] must be the name or the ref of a group",
            "document 11, line 47: spec.parent must be the name or the ref of a group",
            "document 12, line 49: group:default/a is already in document 1"),
        errorsOf(
            entity("Group", "{name: a}", "{}"),
            "- a list\n",
            "apiVersion: v1\n",
            "apiVersion: [v1]\nkind: Group\n",
            entity("Group", "~", "{}"),
            entity("Group", "{namespace: x}", "{}").replaceFirst("^", "# a comment\n"),
            entity("User", "{name: 'x/y'}", "{}"),
            entity("Group", "{name: b}", "text"),
            entity("Group", "{name: c}", "{members: x}"),
            entity("Group", "{name: d}", "{members: [x, 'group:a', [y]]}"),
            entity(
                "Group", "{name: e, title: []}", "{children: [[]], parent: 'user:x', profile: 5}"),
            entity("Group", "{name: a}", "{}")));
  }

  @Test
  void fileWithoutGroupsIsRefused() {
    assertEquals(List.of("has no document of kind Group"), errorsOf(""));
    assertEquals(
        List.of("has no document of kind Group"), errorsOf(entity("User", "{name: x}", "{}")));
  }

  @Test
  void hostileContentIsRefused() {
    for (String text :
        Arrays.asList("kind: !!java.io.File [x]\n", "a: 1\na: 2\n", "a: &a [1]\nb: *a\n")) {
      assertEquals(1, errorsOf(text).size(), text);
    }
  }

  @Test
  void changedFileIsReadAgainUnlessItIsInvalid() throws IOException {
    FileGroupDirectory directory = of(entity("Group", "{name: a}", "{members: [x]}"));
    Path path = folder.resolve("groups.yaml");
    try (RecordedLog log = new RecordedLog(WatchedFile.class)) {
      Files.writeString(path, "kind: [");
      Files.setLastModifiedTime(path, FileTime.from(now));
      now = now.plusSeconds(5);
      assertEquals(Set.of(group("a")), directory.groupsOf(user("x")));
      assertEquals(1, log.lines().size());
      Files.writeString(path, entity("Group", "{name: b}", "{members: [x]}"));
      Files.setLastModifiedTime(path, FileTime.from(now));
      now = now.plusSeconds(5);
      assertEquals(Set.of(group("b")), directory.groupsOf(user("x")));
      assertFalse(directory.exists(group("a")), "the replaced group does not exist");
    }
  }
}
