package io.accesstokens.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.memory.InMemorySessionStore;
import io.accesstokens.token.StoreUnavailable;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LimitSessionsTest {

  private static final EntityRef CAROL = EntityRef.parseUser("carol").orElseThrow();
  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final Duration ABSOLUTE = Duration.ofHours(12);

  private Instant now = Instant.parse("2026-03-01T12:00:00.123Z");
  private final Recorded store = new Recorded();
  private final Sessions sessions = sessions(store, ABSOLUTE);

  private Sessions sessions(SessionStore on, Duration absolute) {
    return new Sessions(on, IDLE, absolute, () -> now, new SecureRandom());
  }

  /** A store that notes what is written of times. */
  private static final class Recorded implements SessionStore {
    private final InMemorySessionStore store = new InMemorySessionStore();
    private final List<Map<UUID, Instant>> seen = new ArrayList<>();
    private boolean down;

    @Override
    public void create(TokenDigest key, Session session) {
      store.create(key, session);
    }

    @Override
    public Optional<Session> find(TokenDigest key) {
      return store.find(key);
    }

    @Override
    public void delete(UUID id) {
      store.delete(id);
    }

    @Override
    public void deleteAllOf(EntityRef user) {
      store.deleteAllOf(user);
    }

    @Override
    public void seen(Map<UUID, Instant> lastSeenAt) {
      if (down) {
        throw new StoreUnavailable("down", null);
      }
      seen.add(lastSeenAt);
      store.seen(lastSeenAt);
    }

    @Override
    public void deleteOver(Instant expiredAt, Instant lastSeenBefore) {
      store.deleteOver(expiredAt, lastSeenBefore);
    }
  }

  private Sessions.Begun begin() {
    return sessions.begin(
        key ->
            new Session.SignIn(
                CAROL,
                "carol",
                Session.Way.PASSWORD,
                "carol",
                "",
                Set.of(),
                Set.of(),
                false,
                key.seal("a secret")));
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private boolean isFound(Sessions.Begun begun) {
    return sessions.find(begun.key()).isPresent();
  }

  @Test
  void endsAfterATimeWithoutRequests() {
    Sessions.Begun begun = begin();
    pass(IDLE.minusMillis(1));
    assertTrue(isFound(begun));
    pass(IDLE.minusMillis(1));
    assertTrue(isFound(begun));
    pass(IDLE);
    assertFalse(isFound(begun));
  }

  @Test
  void endsAfterATimeWhateverHappens() {
    Sessions.Begun begun = begin();
    for (int i = 0; i < 71; i++) {
      pass(Duration.ofMinutes(10));
      assertTrue(isFound(begun));
      sessions.flush();
    }
    pass(Duration.ofMinutes(10).minusMillis(1));
    assertTrue(isFound(begun));
    pass(Duration.ofMillis(1));
    assertFalse(isFound(begun));
  }

  @Test
  void aShorterLimitHoldsForSessionsThatHaveBegunBefore() {
    Sessions.Begun begun = begin();
    Sessions shorter = sessions(store, Duration.ofMinutes(20));
    pass(Duration.ofMinutes(20));
    assertTrue(isFound(begun));
    assertEquals(Optional.empty(), shorter.find(begun.key()));
  }

  @Test
  void whenItWasSeenIsWrittenByTheMinuteAndOnceForManyRequests() {
    Sessions.Begun begun = begin();
    for (int i = 0; i < 59; i++) {
      pass(Duration.ofSeconds(1));
      assertTrue(isFound(begun));
    }
    sessions.flush();
    assertEquals(List.of(), store.seen);
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(1));
      assertTrue(isFound(begun));
    }
    sessions.flush();
    sessions.flush();
    assertEquals(1, store.seen.size());
    assertEquals(Set.of(begun.session().id()), store.seen.get(0).keySet());
  }

  @Test
  void whatCannotBeWrittenIsKept() {
    Sessions.Begun begun = begin();
    pass(Duration.ofMinutes(20));
    assertTrue(isFound(begun));
    store.down = true;
    assertThrows(StoreUnavailable.class, sessions::flush);
    store.down = false;
    pass(Duration.ofMinutes(20));
    assertTrue(isFound(begun));
    sessions.flush();
    assertEquals(1, store.seen.size());
  }

  @Test
  void whatIsOverIsTakenAwayAndNothingElse() {
    Sessions.Begun over = begin();
    pass(IDLE.plusMinutes(1));
    Sessions.Begun live = begin();
    sessions.maintain();
    // Others may have seen it, and not written that yet.
    assertTrue(store.find(over.key().digest()).isPresent());
    pass(Duration.ofMinutes(5));
    sessions.maintain();
    assertTrue(store.find(over.key().digest()).isEmpty());
    assertTrue(isFound(live));
  }

  @Test
  void anEndedSessionIsNotFound() {
    Sessions.Begun one = begin();
    Sessions.Begun two = begin();
    Sessions.Begun three = begin();
    sessions.end(one.session().id());
    assertFalse(isFound(one));
    assertTrue(isFound(two));
    sessions.endAllOf(CAROL);
    assertFalse(isFound(two));
    assertFalse(isFound(three));
  }

  @Test
  void aKeyIsASecretOfItsOwnThatOpensWhatItSealed() {
    Sessions.Begun one = begin();
    Sessions.Begun two = begin();
    assertNotEquals(one.key().reveal(), two.key().reveal());
    assertEquals(43, one.key().reveal().length());
    assertEquals(one.key().digest(), SessionKey.parse(one.key().reveal()).orElseThrow().digest());
    assertFalse((one.key() + " " + one).contains(one.key().reveal()));
    String sealed = one.session().signIn().sealedIdToken();
    assertNotEquals("a secret", sealed);
    assertEquals(Optional.of("a secret"), one.key().open(String.valueOf(sealed)));
    assertEquals(Optional.empty(), two.key().open(String.valueOf(sealed)));
    assertEquals(Optional.empty(), two.key().open("no base64!"));
  }

  @Test
  void onlyWhatHasTheFormOfAKeyIsOne() {
    for (String text : List.of("", "x", "x".repeat(42), "x".repeat(44), "x".repeat(42) + "=")) {
      assertEquals(Optional.empty(), SessionKey.parse(text), text);
    }
  }
}
