package io.accesstokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplePeopleTest {

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
  })
  void localIsLoopbackAtBothEndsAndNoProxy(
      String remote, String local, String header, boolean expected) {
    assertEquals(
        expected, SamplePeople.isLocal(Fixtures.between(remote, local), List.of("Accept", header)));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,        true",
    "LOCALHOST,        true",
    "a.localhost,      true",
    "127.0.0.1,        true",
    "::1,              true",
    "[::1],            true",
    ",                 true",
    "evil.example,     false",
    "127.0.0.1.x.org,  false",
    "localhost.x.org,  false",
    "notlocalhost,     false",
    "192.0.2.1,        false",
    "[::2],            false",
  })
  void aNameThatWasMadeToMeanThisMachineIsNotLocal(@Nullable String host, boolean expected) {
    assertEquals(
        expected,
        SamplePeople.isLocal(Fixtures.between("127.0.0.1", "127.0.0.1", host), List.of("Host")));
  }

  @Test
  void aRequestOfWhichNothingIsKnownIsNotLocal() {
    assertFalse(SamplePeople.isLocal(null, List.of()));
  }

  @Test
  void theSampleIsTheCredentialNotTheName() {
    assertTrue(SamplePeople.isSample("alice", "alice".toCharArray()));
    assertTrue(SamplePeople.isSample("dave", "dave".toCharArray()));
    assertFalse(SamplePeople.isSample("alice", "bob".toCharArray()));
    assertFalse(SamplePeople.isSample("alice", "Alice".toCharArray()));
    assertFalse(SamplePeople.isSample("alice", new char[0]));
    assertFalse(SamplePeople.isSample("erin", "erin".toCharArray()));
  }

  @Test
  void oneSamplePasswordThatStillWorksIsFoundInAnyFile() throws IOException {
    assertTrue(SamplePeople.anyWorks(Fixtures.sample()));
    PeopleFile copy = PeopleFile.at(Path.of("config", "people.yaml"), InstantSource.system());
    String dave = copy.find("dave").orElseThrow().password().text();
    assertTrue(SamplePeople.anyWorks(people("alice", Fixtures.decoyText(), "dave", dave)));
    assertFalse(SamplePeople.anyWorks(people("alice", dave, "erin", dave)));
  }

  private PeopleFile people(String name1, String hash1, String name2, String hash2)
      throws IOException {
    Path path = folder.resolve("people.yaml");
    String one = "  - {username: %s, userEntityRef: x, password: %s}\n";
    Files.writeString(
        path, "people:\n" + one.formatted(name1, hash1) + one.formatted(name2, hash2));
    return PeopleFile.at(path, InstantSource.system());
  }
}
