package io.accesstokens.login.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.file.MalformedFileException;
import io.accesstokens.verify.EntityRef;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersFileTest {

  private static final String HASH = Fixtures.decoyText();

  @TempDir Path folder;

  private UsersFile of(String text) throws IOException {
    Path path = folder.resolve("people.yaml");
    Files.writeString(path, text);
    return UsersFile.at(path, InstantSource.system());
  }

  private List<String> errorsOf(String text) {
    String prefix = folder.resolve("people.yaml") + ": ";
    MalformedFileException e = assertThrows(MalformedFileException.class, () -> of(text));
    assertFalse(e.toString().contains(HASH.substring(25)), "a hash is repeated");
    return e.problems().stream().map(line -> line.substring(prefix.length())).toList();
  }

  private static String user(String username, String ref, String password) {
    return "  - {username: %s, userEntityRef: %s, password: %s}\n"
        .formatted(username, ref, password);
  }

  @Test
  void sampleHasFourUsers() {
    UsersFile sample = Fixtures.sample();
    for (String name : SampleUsers.USERNAMES) {
      UsersFile.User user = sample.find(name).orElseThrow();
      assertEquals("user:default/" + name, user.ref().toString());
      assertTrue(user.password().matches(name.toCharArray()), name);
    }
    assertEquals(List.of(1, 1, 1, 1), sample.costs());
    assertFalse(sample.knows("erin"), "erin is no sample user");
    assertFalse(sample.knows("Alice"), "usernames are case-sensitive");
  }

  @Test
  void userAddedToTheSampleKeepsTheirPassword() throws IOException {
    String text = "people:\n" + user("jane", "user:default/jane", HASH);
    Files.writeString(folder.resolve("built-in.yaml"), text);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
      UsersFile usersFile = UsersFile.sample(loader, "built-in.yaml");
      assertEquals(HASH, usersFile.find("jane").orElseThrow().password().text());
      assertEquals(List.of(PasswordHash.MIN_ITERATIONS), usersFile.costs());
    }
  }

  @Test
  void copyOfTheSampleHasFullStrengthHashes() {
    UsersFile copy = UsersFile.at(Path.of("config", "people.yaml"), InstantSource.system());
    UsersFile sample = Fixtures.sample();
    for (String name : SampleUsers.USERNAMES) {
      UsersFile.User user = copy.find(name).orElseThrow();
      assertEquals(sample.find(name).orElseThrow().ref(), user.ref());
      assertEquals(PasswordHash.MIN_ITERATIONS, user.password().iterations());
    }
    // Only one password is verified, because a verification takes a second here. Other tests verify
    // the other passwords of this file.
    assertTrue(
        copy.find("carol").orElseThrow().password().matches("carol".toCharArray()),
        "the password of carol matches");
  }

  @Test
  void usersAreFoundByCanonicalName() throws IOException {
    UsersFile usersFile =
        of("people:\n" + user("'j\u00fcrgen'", "User:juergen", HASH) + user("007", "bond", HASH));
    assertEquals(
        "user:default/juergen", usersFile.find("ju\u0308rgen").orElseThrow().ref().toString());
    assertTrue(usersFile.knows("007"), "007 is a user");
    assertFalse(usersFile.knows("7"), "7 is no user");
    assertTrue(
        usersFile.hasUser(usersFile.find("007").orElseThrow().ref()),
        "the user has the ref of its entry");
    assertFalse(
        usersFile.hasUser(new EntityRef("user", "default", "007")), "the username is not the ref");
    assertFalse(
        usersFile.find("007").orElseThrow().toString().contains("pbkdf2"),
        usersFile.find("007").toString());
  }

  @Test
  void emptyListIsAllowed() throws IOException {
    UsersFile usersFile = of("people: []\n");
    assertFalse(usersFile.knows("alice"), "an empty file has no users");
    assertEquals(List.of(600_000), usersFile.costs());
  }

  /** A character outside the Basic Multilingual Plane is one code point of two UTF-16 units. */
  @Test
  void usernamesHaveAtMost255CodePoints() throws IOException {
    String longest = "\uD83D\uDE00".repeat(255);
    UsersFile usersFile = of("people:\n" + user(longest, "a", HASH));
    assertTrue(usersFile.knows(longest), "255 code points are allowed");
    assertTrue(UsersFile.isUsername(longest), "255 code points are allowed in a request");
    assertEquals(
        List.of(
            "line 2: people[0].username must have 1 to 255 characters, no colon or control"
                + " character, no space at its ends"),
        errorsOf("people:\n" + user(longest + 'x', "a", HASH)));
    assertFalse(UsersFile.isUsername(longest + 'x'), "256 code points are refused in a request");
  }

  @Test
  void eachErrorNamesItsLineAndField() {
    assertEquals(
        List.of(
            "line 1: has an unknown key; the only key is people",
            "line 3: people[0] must be a mapping",
            "line 4: people[1].username is missing",
            "line 4: people[1].userEntityRef is missing",
            "line 4: people[1].password is missing",
            "line 5: people[2] has an unknown key; known: username, userEntityRef, password",
            "line 6: people[3].username must have 1 to 255 characters, no colon or control"
                + " character, no space at its ends",
            "line 7: people[4].userEntityRef must be of the form user:default/name",
            "line 8: people[5].password must be of the form"
                + " pbkdf2-sha256$<iterations>$<salt>$<hash>, as hash-password prints",
            "line 9: people[6].password must have 600000 to 5000000 iterations",
            "line 10: people[7].username must be text",
            "line 12: people[9].username is used by another user"),
        errorsOf(
            "more: 1\npeople:\n  - x\n  - {}\n"
                + user("a", "a", HASH).replace("}", ", role: " + HASH + "}")
                + user("'b:b'", "b", HASH)
                + user("c", "'group:default/c'", HASH)
                + user("d", "d", "hunter2")
                + user("e", "e", HASH.replace("600000", "2048"))
                + user("[f]", "f", HASH)
                + user("g\u00e9", "g", HASH)
                + user("ge\u0301", "g", HASH)));
  }

  @Test
  void documentStructureIsValidated() {
    String shape = "must be one document with the key people and no other";
    assertEquals(List.of(shape), errorsOf(""));
    assertEquals(List.of(shape), errorsOf("- a\n"));
    assertEquals(List.of(shape), errorsOf("people: []\n---\npeople: []\n"));
    String list = "line 1: people must be a list ([] for none)";
    assertEquals(List.of(list), errorsOf("people:\n"));
    assertEquals(List.of(list), errorsOf("people: {a: b}\n"));
    assertEquals(List.of(list), errorsOf("{}\n"));
  }

  @Test
  void hostileContentIsRefusedWithoutQuotingAHash() {
    assertEquals(
        List.of("line 2: a key occurs twice"),
        errorsOf("people: [{password: " + HASH + ",\npassword: " + HASH + "}]\n"));
    assertEquals(
        List.of("line 1: a key occurs twice"),
        errorsOf("{'" + HASH + "': 1, '" + HASH + "': 2}\n"));
    assertEquals(1, errorsOf("people: [{password: !!java.io.File " + HASH + "}]\n").size());
    assertEquals(1, errorsOf("people: [{password: '" + HASH + "\n").size());
    assertEquals(1, errorsOf("people: &p [*p]\n").size());
  }
}
