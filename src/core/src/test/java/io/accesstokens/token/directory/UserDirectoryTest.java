package io.accesstokens.token.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.token.directory.UserDirectory.Presence;
import io.accesstokens.verify.EntityRef;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserDirectoryTest {

  @ParameterizedTest
  @CsvSource({
    "PRESENT, PRESENT, PRESENT",
    "PRESENT, GONE, GONE",
    "PRESENT, UNKNOWN, UNKNOWN",
    "GONE, PRESENT, GONE",
    "GONE, GONE, GONE",
    "GONE, UNKNOWN, GONE",
    "UNKNOWN, PRESENT, UNKNOWN",
    "UNKNOWN, GONE, GONE",
    "UNKNOWN, UNKNOWN, UNKNOWN",
  })
  void userGoneFromOneDirectoryIsGone(Presence one, Presence other, Presence both) {
    EntityRef carol = EntityRef.parseUser("carol").orElseThrow();
    UserDirectory first = user -> one;
    assertEquals(both, first.and(user -> other).presence(carol));
  }
}
