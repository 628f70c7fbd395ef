package io.accesstokens.login.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.session.Session;
import io.accesstokens.session.Sessions;
import io.accesstokens.store.memory.InMemorySessionStore;
import io.accesstokens.token.Actor;
import io.accesstokens.verify.EntityRef;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnSessionsTest {

  private static final EntityRef USER = EntityRef.parseUser("erin").orElseThrow();

  private final Sessions stored =
      new Sessions(
          new InMemorySessionStore(),
          Duration.ofMinutes(30),
          Duration.ofHours(8),
          InstantSource.system(),
          new SecureRandom());

  private void start(String accountStatus) {
    stored.start(
        Session.Device.UNKNOWN,
        null,
        key ->
            new Session.SignIn(
                USER,
                "Erin",
                Session.LoginMethod.PASSWORD,
                "erin",
                accountStatus,
                Set.of(),
                Set.of(),
                false,
                null));
  }

  /** A login method reads a state again only if the recorded state differs from its cache. */
  @Test
  void eachRecordedStateIsVerified() {
    OwnSessions own =
        new OwnSessions(
            stored,
            (method, username, recorded) -> Optional.of("new".equals(recorded) ? "new" : "cached"),
            (method, reason, username, address) -> {});
    for (String accountStatus : List.of("cached", "new", "changed", "cached", "new")) {
      start(accountStatus);
    }
    Actor.Person user = new Actor.Person(USER, Set.of(), null);
    assertEquals(
        List.of("cached", "cached", "new", "new"),
        own.of(user).stream().map(session -> session.signIn().accountStatus()).sorted().toList());
    assertEquals(4, stored.findAllOf(USER).size(), "sessions in the store");
  }
}
