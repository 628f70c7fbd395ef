package io.accesstokens.login.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleUsersTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,       127.0.0.1,       Host,               true",
    "127.8.9.1,       127.0.0.1,       Accept,             true",
    "::1,             ::1,             Host,               true",
    "0:0:0:0:0:0:0:1, 0:0:0:0:0:0:0:1, Host,               true",
    "::ffff:127.0.0.1,127.0.0.1,       X-Forward,          true",
    "127.0.0.1,       10.0.0.1,        Host,               false",
    "10.0.0.1,        127.0.0.1,       Host,               false",
    "10.0.0.1,        10.0.0.1,        Host,               false",
    "fe80::1%eth0,    ::1,             Host,               false",
    "localhost,       127.0.0.1,       Host,               false",
    "127.0.0.1.x.org, 127.0.0.1,       Host,               false",
    ",                127.0.0.1,       Host,               false",
    "127.0.0.1,       ,                Host,               false",
    "127.0.0.1,       127.0.0.1,       Forwarded,          false",
    "127.0.0.1,       127.0.0.1,       fOrWarded,          false",
    "127.0.0.1,       127.0.0.1,       X-Forwarded-For,    false",
    "127.0.0.1,       127.0.0.1,       x-forwarded-proto,  false",
    "127.0.0.1,       127.0.0.1,       X-FORWARDED-HOST,   false",
    "127.0.0.1,       127.0.0.1,       X-Real-IP,          false",
    "127.0.0.1,       127.0.0.1,       Via,                false",
  })
  void requestIsLocalOverLoopbackWithoutAProxyOnly(
      String remote, String local, String header, boolean expected) {
    assertEquals(
        expected,
        SampleUsers.isLocal(
            Fixtures.between(remote, local),
            Map.of("User-Agent", List.of("x"), header, List.of("127.0.0.1"))));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,             true",
    "LOCALHOST,             true",
    "a.localhost,           true",
    "a.b-c.LocalHost,       true",
    "127.0.0.1,             true",
    "127.255.255.254,       true",
    "::1,                   true",
    "[::1],                 true",
    "[0:0:0:0:0:0:0:1],     true",
    "[::ffff:127.0.0.1],    true",
    ",                      true",
    "bad.cc,                false",
    "f00d.cafe,             false",
    "dead.beef,             false",
    "cafe,                  false",
    "evil.example,          false",
    "127.0.0.1.x.org,       false",
    "localhost.x.org,       false",
    "notlocalhost,          false",
    ".localhost,            false",
    "a..localhost,          false",
    "localhost.,            false",
    "a.localhost.,          false",
    "bad.cc.,               false",
    "127.0.0.1.,            false",
    "127.1,                 false",
    "127.0.0.01,            false",
    "0x7f.1,                false",
    "0x7f000001,            false",
    "2130706433,            false",
    "0177.0.0.1,            false",
    "192.0.2.1,             false",
    "0.0.0.0,               false",
    "[::],                  false",
    "[::2],                 false",
    "[::1%lo],              false",
    "[127.0.0.1],           false",
    "[::1,                  false",
    "::1],                  false",
    "[localhost],           false",
    "alice@localhost,       false",
    "x y.localhost,         false",
    "bad.cc/a.localhost,    false",
    "bad.cc#.localhost,     false",
  })
  void hostIsLocalByItsTextAlone(@Nullable String host, boolean expected) {
    assertEquals(expected, isLocal(host, "localhost"), "the container's name");
    // In a Host header, a name contains no colon, and an IPv6 address has brackets.
    boolean isHeader = host == null || host.startsWith("[") || host.indexOf(':') < 0;
    for (String port : List.of("", ":8080", ":")) {
      String header = (host == null ? "" : host) + (host == null ? "" : port);
      assertEquals(expected && isHeader, isLocal("localhost", header), header);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dead.beef:80",
        "localhost:80:80",
        "localhost:x",
        "localhost:-1",
        "::1",
        "::1:80",
        ":80",
        "alice@localhost:80",
        "localhost:80@bad.cc",
        "http://localhost",
        "localhost, bad.cc",
        "bad.cc, localhost",
        "bad.cc localhost"
      })
  void malformedHostHeaderIsNotLocal(String header) {
    assertFalse(isLocal("localhost", header), header);
  }

  /** If a request has several Host headers, different containers use different Host headers. */
  @Test
  void everyHostHeaderMustBeLocal() {
    assertTrue(isLocal("localhost", "localhost:80", "127.0.0.1"), "two local Host headers");
    assertFalse(isLocal("localhost", "localhost", "bad.cc"), "the second Host header is not local");
    assertFalse(isLocal("localhost", "bad.cc", "localhost"), "the first Host header is not local");
    assertFalse(isLocal("bad.cc", "localhost"), "a request line with another host");
    assertTrue(isLocal("localhost"), "no Host header");
    assertFalse(isLocal("bad.cc"), "the request line has another host");
  }

  private static boolean isLocal(@Nullable String serverName, String... hostHeaders) {
    return SampleUsers.isLocal(
        Fixtures.between("127.0.0.1", "127.0.0.1", serverName),
        Map.of("hOst", List.of(hostHeaders), "Accept", List.of("x")));
  }

  @Test
  void missingRequestIsNotLocal() {
    assertFalse(SampleUsers.isLocal(null, Map.of()), "a missing request is not local");
  }

  @Test
  void sampleIsRecognizedByNameAndPassword() {
    assertTrue(
        SampleUsers.isSample("alice", "alice".toCharArray()), "alice with the sample password");
    assertTrue(SampleUsers.isSample("dave", "dave".toCharArray()), "dave with the sample password");
    assertFalse(
        SampleUsers.isSample("alice", "bob".toCharArray()), "alice with the password of bob");
    assertFalse(
        SampleUsers.isSample("alice", "Alice".toCharArray()),
        "alice with a password in another case");
    assertFalse(SampleUsers.isSample("alice", new char[0]), "alice without a password");
    assertFalse(SampleUsers.isSample("erin", "erin".toCharArray()), "erin is no sample user");
  }

  /** An LDAP server or a realm can accept each of these spellings as the name alice. */
  @ParameterizedTest
  @ValueSource(strings = {"Alice", "ALICE", "\uff41lice", "ali\u00adce", "\u00e1lice", "alice "})
  void sampleIsRecognizedInAnySpellingOfTheName(String username) {
    assertTrue(SampleUsers.isSample(username, "alice".toCharArray()), "with the sample password");
    assertFalse(SampleUsers.isSample(username, "ALICE".toCharArray()), "with another password");
  }

  @Test
  void workingSamplePasswordIsFoundInAnyFile() throws IOException {
    assertTrue(
        SampleUsers.anyCanSignIn(Fixtures.sample()), "a sample password works in the sample");
    UsersFile copy = UsersFile.at(Path.of("config", "people.yaml"), InstantSource.system());
    String dave = copy.find("dave").orElseThrow().password().text();
    assertTrue(
        SampleUsers.anyCanSignIn(usersFile("alice", Fixtures.decoyText(), "dave", dave)),
        "the sample password of dave works in the file");
    assertFalse(
        SampleUsers.anyCanSignIn(usersFile("alice", dave, "erin", dave)),
        "the password of dave does not work for other users");
  }

  private UsersFile usersFile(String name1, String hash1, String name2, String hash2)
      throws IOException {
    Path path = folder.resolve("people.yaml");
    String one = "  - {username: %s, userEntityRef: x, password: %s}\n";
    Files.writeString(
        path, "people:\n" + one.formatted(name1, hash1) + one.formatted(name2, hash2));
    return UsersFile.at(path, InstantSource.system());
  }
}
