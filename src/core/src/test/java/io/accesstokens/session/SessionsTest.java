package io.accesstokens.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.memory.InMemorySessionStore;
import io.accesstokens.token.Actor;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.policy.SignInAge;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionsTest {

  private static final EntityRef CAROL = EntityRef.parseUser("carol").orElseThrow();
  private static final EntityRef BOB = EntityRef.parseUser("bob").orElseThrow();
  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final Duration ABSOLUTE = Duration.ofHours(12);

  private static final String ADDRESS = "192.0.2.14";
  private static final Session.Device DEVICE = new Session.Device("Firefox on Linux", ADDRESS);

  private Instant now = Instant.parse("2026-03-01T12:00:00.123Z");
  private final Recorded store = new Recorded();
  private final Sessions sessions = sessions(store, ABSOLUTE);

  private Sessions sessions(SessionStore on, Duration absolute) {
    return new Sessions(on, IDLE, absolute, () -> now, new SecureRandom());
  }

  /** A store that records the written activities, and fails during an outage. */
  private static final class Recorded implements SessionStore {
    private final InMemorySessionStore store = new InMemorySessionStore();
    private final List<Map<UUID, Session.Activity>> activities = new ArrayList<>();
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
    public List<Session> findAllOf(EntityRef user) {
      return store.findAllOf(user);
    }

    @Override
    public boolean renew(TokenDigest former, TokenDigest key, Session renewed) {
      return store.renew(former, key, renewed);
    }

    @Override
    public void deleteOthersOf(EntityRef user, UUID kept) {
      store.deleteOthersOf(user, kept);
    }

    @Override
    public void deleteAllOf(EntityRef user) {
      store.deleteAllOf(user);
    }

    @Override
    public void recordActivity(Map<UUID, Session.Activity> recorded) {
      if (down) {
        throw new StoreUnavailableException("down", null);
      }
      activities.add(recorded);
      store.recordActivity(recorded);
    }

    @Override
    public void deleteEnded(Instant expiredAt, Instant lastSeenBefore, Instant lastSeenAfter) {
      store.deleteEnded(expiredAt, lastSeenBefore, lastSeenAfter);
    }
  }

  private Sessions.StartedSession start() {
    return start(null);
  }

  private Sessions.StartedSession start(@Nullable Instant authenticatedAt) {
    return sessions.start(DEVICE, authenticatedAt, key -> signIn(CAROL, key));
  }

  private static Session.SignIn signIn(EntityRef user, SessionKey key) {
    return new Session.SignIn(
        user,
        "carol",
        Session.LoginMethod.PASSWORD,
        "carol",
        "",
        Set.of(),
        Set.of(),
        false,
        key.seal("a secret"));
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private void assertLive(Sessions.StartedSession started) {
    assertEquals(
        Optional.of(started.session().id()),
        sessions.find(started.key(), ADDRESS).map(Session::id));
  }

  private void assertEnded(Sessions.StartedSession started) {
    assertEquals(Optional.empty(), sessions.find(started.key(), ADDRESS));
  }

  @Test
  void idleSessionEnds() {
    Sessions.StartedSession started = start();
    pass(IDLE.minusMillis(1));
    assertLive(started);
    pass(IDLE.minusMillis(1));
    assertLive(started);
    pass(IDLE);
    assertEnded(started);
  }

  @Test
  void sessionInUseContinuesWithTheShortestIdleLimit() {
    Sessions strict =
        new Sessions(store, Duration.ofMinutes(1), ABSOLUTE, () -> now, new SecureRandom());
    Sessions.StartedSession started = strict.start(DEVICE, null, key -> signIn(CAROL, key));
    for (int i = 0; i < 5; i++) {
      pass(Duration.ofSeconds(30));
      assertTrue(strict.find(started.key(), ADDRESS).isPresent(), "request " + i);
    }
  }

  @Test
  void activeSessionEndsAtTheAbsoluteLimit() {
    Sessions.StartedSession started = start();
    for (int i = 0; i < 71; i++) {
      pass(Duration.ofMinutes(10));
      assertLive(started);
      sessions.flush();
    }
    pass(Duration.ofMinutes(10).minusMillis(1));
    assertLive(started);
    pass(Duration.ofMillis(1));
    assertEnded(started);
  }

  @Test
  void sessionOfAFastClockEndsWhenTheClockIsCorrected() {
    pass(SignInAge.CLOCK_DIFFERENCE);
    Sessions.StartedSession tolerated = start();
    pass(Duration.ofMillis(1));
    Sessions.StartedSession wrong = start();
    pass(SignInAge.CLOCK_DIFFERENCE.plusMillis(1).negated());
    assertLive(tolerated);
    assertEnded(wrong);
    assertEquals(
        List.of(tolerated.session().id()),
        sessions.findAllOf(CAROL).stream().map(Session::id).toList());
  }

  @Test
  void sessionWithARequestByAFastClockEndsWhenTheClockIsCorrected() {
    Sessions.StartedSession started = start();
    Duration ahead = SignInAge.CLOCK_DIFFERENCE.plusMillis(1);
    pass(ahead);
    assertLive(started);
    sessions.flush();
    pass(ahead.negated());
    assertEnded(started);
  }

  @Test
  void sessionOfAFastClockCanBeEndedAndDoesNotBeginLater() {
    Duration ahead = Duration.ofDays(30);
    pass(ahead);
    Sessions.StartedSession ended = start();
    Sessions.StartedSession started = start();
    pass(ahead.negated());
    sessions.end(sessions.findToEnd(ended.key()).orElseThrow().id());
    assertEquals(Optional.empty(), sessions.findToEnd(ended.key()));
    sessions.maintain();
    pass(ahead);
    assertEnded(started);
  }

  @Test
  void shorterLimitAppliesToExistingSessions() {
    Sessions.StartedSession started = start();
    Sessions shorter = sessions(store, Duration.ofMinutes(20));
    pass(Duration.ofMinutes(20));
    assertLive(started);
    assertEquals(Optional.empty(), shorter.find(started.key(), ADDRESS));
  }

  @Test
  void lastSeenIsWrittenOncePerMinute() {
    Sessions.StartedSession started = start();
    for (int i = 0; i < 59; i++) {
      pass(Duration.ofSeconds(1));
      assertLive(started);
    }
    sessions.flush();
    assertEquals(List.of(), store.activities);
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(1));
      assertLive(started);
    }
    sessions.flush();
    sessions.flush();
    assertEquals(1, store.activities.size());
    assertEquals(Set.of(started.session().id()), store.activities.get(0).keySet());
  }

  @Test
  void failedWriteIsRetried() {
    Sessions.StartedSession started = start();
    pass(Duration.ofMinutes(20));
    assertLive(started);
    store.down = true;
    assertThrows(StoreUnavailableException.class, sessions::flush);
    store.down = false;
    pass(Duration.ofMinutes(20));
    assertLive(started);
    sessions.flush();
    assertEquals(1, store.activities.size());
  }

  @Test
  void maintenanceDeletesOnlyExpiredSessions() {
    Sessions.StartedSession over = start();
    pass(IDLE.plusMinutes(1));
    Sessions.StartedSession live = start();
    sessions.maintain();
    // Another process may have received a request of the session, but may not have written it yet.
    assertEquals(
        Optional.of(over.session().id()), store.find(over.key().digest()).map(Session::id));
    pass(Duration.ofMinutes(5));
    sessions.maintain();
    assertEquals(Optional.empty(), store.find(over.key().digest()));
    assertLive(live);
  }

  @Test
  void endedSessionIsNotFound() {
    Sessions.StartedSession one = start();
    Sessions.StartedSession two = start();
    Sessions.StartedSession three = start();
    sessions.end(one.session().id());
    assertEnded(one);
    assertLive(two);
    sessions.endAllOf(CAROL);
    assertEnded(two);
    assertEnded(three);
  }

  @Test
  void administratorEndsAllSessionsExceptTheirOwn() {
    Sessions.StartedSession own = start();
    UUID id = own.session().id();
    Actor carol = new Actor.Person(CAROL, Set.of(), Set.of(), ADDRESS, id, now);
    Sessions.StartedSession other = start();
    sessions.endAllOf(CAROL, carol);
    assertLive(own);
    assertEnded(other);
    sessions.endAllOf(CAROL, new Actor.Person(BOB, Set.of(), Set.of(), ADDRESS, id, now));
    assertEnded(own);
    Sessions.StartedSession later = start();
    sessions.endAllOf(CAROL, new Actor.Person(CAROL, Set.of(), ADDRESS));
    assertEnded(later);
  }

  @Test
  void renewedSessionHasAnotherKeyAndEndsNoLater() {
    Sessions.StartedSession started = start();
    pass(Duration.ofMinutes(20));
    Sessions.StartedSession renewed =
        sessions
            .renew(started.key(), started.session(), null, key -> signIn(CAROL, key))
            .orElseThrow();
    assertEnded(started);
    Session found = sessions.find(renewed.key(), ADDRESS).orElseThrow();
    assertEquals(started.session().id(), found.id());
    assertEquals(started.session().createdAt(), found.createdAt());
    assertEquals(started.session().expiresAt(), found.expiresAt());
    assertEquals(started.session().createdAt().plus(Duration.ofMinutes(20)), found.signedInAt());
    String sealed = String.valueOf(found.signIn().sealedIdToken());
    assertEquals(Optional.of("a secret"), renewed.key().open(sealed));

    assertEquals(
        Optional.empty(),
        sessions.renew(started.key(), started.session(), null, key -> signIn(CAROL, key)));
    assertThrows(
        IllegalArgumentException.class,
        () -> sessions.renew(renewed.key(), found, null, key -> signIn(BOB, key)));
    assertLive(renewed);
  }

  @Test
  void signInTimeIsBetweenTheEpochAndNow() {
    Instant before = now.minusSeconds(3600).truncatedTo(ChronoUnit.MILLIS);
    assertEquals(before, start(before).session().signedInAt());
    Sessions.StartedSession early = start(now.plusSeconds(1));
    assertEquals(early.session().createdAt(), early.session().signedInAt());
    assertEquals(Instant.EPOCH, start(Instant.MIN).session().signedInAt());
  }

  @Test
  void listHasLiveSessionsWithTheirLastActivity() {
    Sessions.StartedSession idle = start();
    pass(IDLE.minusMinutes(1));
    Sessions.StartedSession first = start();
    Sessions.StartedSession second = start();
    pass(Duration.ofMinutes(1));
    assertEquals(
        Optional.of(first.session().id()),
        sessions.find(first.key(), "2001:db8::1").map(Session::id));
    assertEquals(List.of(), store.activities, "nothing was written");
    List<Session> listed = sessions.findAllOf(CAROL);
    assertEquals(
        List.of(first.session().id(), second.session().id()),
        listed.stream().map(Session::id).toList());
    assertEquals(new Session.Activity(now, "2001:db8::1"), listed.get(0).lastSeen());
    assertEquals(DEVICE, listed.get(0).device());
    assertEnded(idle);
    sessions.endOthersOf(CAROL, second.session().id());
    assertEquals(List.of(second.session()), sessions.findAllOf(CAROL));
  }

  @Test
  void requestFromAnotherAddressIsWrittenAtOnce() {
    Sessions.StartedSession started = start();
    assertLive(started);
    pass(Duration.ofSeconds(1));
    assertEquals(
        Optional.of(started.session().id()),
        sessions.find(started.key(), "203.0.113.9").map(Session::id));
    sessions.flush();
    assertEquals(1, store.activities.size(), () -> "written: " + store.activities);
    assertEquals(
        "203.0.113.9",
        sessions.find(started.key(), "203.0.113.9").orElseThrow().lastSeen().address());
  }

  @Test
  void keyIsRandomAndOpensWhatItSealed() {
    Sessions.StartedSession one = start();
    Sessions.StartedSession two = start();
    assertNotEquals(one.key().reveal(), two.key().reveal());
    assertEquals(43, one.key().reveal().length());
    assertEquals(one.key().digest(), SessionKey.parse(one.key().reveal()).orElseThrow().digest());
    String printed = one.key() + " " + one;
    assertFalse(printed.contains(one.key().reveal()), printed);
    String sealed = one.session().signIn().sealedIdToken();
    assertNotEquals("a secret", sealed);
    assertEquals(Optional.of("a secret"), one.key().open(String.valueOf(sealed)));
    assertEquals(Optional.empty(), two.key().open(String.valueOf(sealed)));
    assertEquals(Optional.empty(), two.key().open("no base64!"));
  }

  @Test
  void malformedKeyIsRejected() {
    for (String text : List.of("", "x", "x".repeat(42), "x".repeat(44), "x".repeat(42) + "=")) {
      assertEquals(Optional.empty(), SessionKey.parse(text), text);
    }
  }
}
