package io.accesstokens.directory;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.same;
import static io.accesstokens.testing.FuzzInput.text;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.file.MalformedFileException;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/**
 * Fuzzes two parsers: the parser of group files, and the parser of responses from a Backstage
 * catalog. Each input is used for both, because JSON is also YAML.
 */
class CatalogFuzzTest {

  private static final EntityRef USER = EntityRef.parseUser("dave").orElseThrow();

  private final CatalogJson json = new CatalogJson();

  @FuzzTest
  @DictionaryEntries({
    "apiVersion: backstage.io/v1alpha1",
    "kind: Group",
    "kind: User",
    "metadata:",
    "name: ",
    "namespace: ",
    "spec:",
    "members: [",
    "children: [",
    "parent: ",
    "memberOf: [",
    "---\\x0A",
    "\"items\":[",
    "\"pageInfo\":{",
    "\"nextCursor\":",
    "\"kind\":\"Group\"",
    "\"metadata\":{\"name\":\"a\"}",
    "\"relations\":[",
    "\"type\":\"memberOf\"",
    "\"targetRef\":",
    "\"error\":{\"name\":\"NotFoundError\"}",
    "\"profile\":{\"displayName\":"
  })
  void catalogs(byte[] input) {
    file(text(input));
    groups(input);
    try {
      json.memberOf(USER, input)
          .ifPresent(
              groups ->
                  groups.forEach(
                      group ->
                          same(
                              "the group that its text means",
                              Optional.of(group),
                              EntityRef.parseGroup(group.toString()))));
    } catch (CatalogException e) {
      isShort(e);
    }
    var unused = json.isNotFoundError(input);
  }

  private static void file(String text) {
    try {
      Catalog catalog = CatalogText.read(text).value();
      catalog
          .groupsOf()
          .forEach(
              (user, groups) -> {
                same("the kind of a member", EntityRef.USER, user.kind());
                holds("every user is in a group", !groups.isEmpty());
              });
    } catch (MalformedFileException e) {
      holds("1 to 21 problems", !e.problems().isEmpty() && e.problems().size() <= 21);
      for (String problem : e.problems()) {
        holds("one line: " + problem, problem.chars().noneMatch(Character::isISOControl));
      }
    }
  }

  private void groups(byte[] input) {
    try {
      CatalogJson.GroupPage page = json.groups(input);
      holds("no more groups than entities", page.groups().size() <= page.entities());
      holds("no empty cursor", page.next() == null || !page.next().isEmpty());
      for (CatalogJson.GroupEntity entity : page.groups()) {
        same("the kind", EntityRef.GROUP, entity.group().ref().kind());
        holds("one parent at most", entity.parents().size() <= 1);
      }
    } catch (CatalogException e) {
      isShort(e);
    }
  }

  private static void isShort(CatalogException e) {
    holds("a short message of its own", String.valueOf(e.getMessage()).length() < 200);
  }
}
