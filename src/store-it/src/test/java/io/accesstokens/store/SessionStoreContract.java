package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.session.Session;
import io.accesstokens.session.SessionStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of every store of sessions. */
public abstract class SessionStoreContract {

  private static final EntityRef CAROL = user("carol");
  private static final Duration LIFE = Duration.ofHours(12);

  private SessionStore store;

  /** Returns a store without sessions. */
  protected abstract SessionStore emptySessions() throws Exception;

  @BeforeEach
  void begin() throws Exception {
    store = emptySessions();
  }

  private static EntityRef user(String name) {
    return EntityRef.parseUser(name).orElseThrow();
  }

  private static Session session(EntityRef user, Instant at) {
    return new Session(
        UUID.randomUUID(),
        new Session.SignIn(
            user,
            "Zo\u00eb \uD83D\uDD11",
            Session.LoginMethod.OIDC,
            "Carol",
            "standing=",
            Set.of("a role", "b,\"c"),
            Set.of(Samples.PLATFORM, Samples.group("gr\u00f6\u00dfe")),
            true,
            "sealed"),
        new Session.Device("Firefox on Linux", "192.0.2.14"),
        at,
        at.minusSeconds(5),
        new Session.Activity(at, "192.0.2.15"),
        at.plus(LIFE));
  }

  private static TokenDigest key(Session session) {
    return TokenDigest.of(
        ByteBuffer.allocate(TokenDigest.LENGTH)
            .putLong(session.id().getMostSignificantBits())
            .putLong(session.id().getLeastSignificantBits())
            .array());
  }

  private Session put(EntityRef user, Instant at) {
    Session session = session(user, at);
    store.create(key(session), session);
    return session;
  }

  private Optional<Session> found(Session session) {
    return store.find(key(session));
  }

  @Test
  void storedSessionIsFoundUnchanged() {
    Session session = put(CAROL, NOON);
    Session plain =
        new Session(
            UUID.randomUUID(),
            new Session.SignIn(
                CAROL, "", Session.LoginMethod.PASSWORD, "c", "", Set.of(), Set.of(), false, null),
            Session.Device.UNKNOWN,
            NOON,
            NOON,
            new Session.Activity(NOON, null),
            NOON.plusSeconds(1));
    store.create(key(plain), plain);
    assertEquals(Optional.of(session), found(session));
    assertEquals(Optional.of(plain), found(plain));
    assertEquals(Optional.empty(), store.find(key(session(CAROL, NOON))));
  }

  @Test
  void longestAllowedTextsAreStored() {
    EntityRef longest = user("x".repeat(255 - "user:default/".length()));
    String text = "\uD83D\uDD11".repeat(255);
    Session session =
        new Session(
            UUID.randomUUID(),
            new Session.SignIn(
                longest,
                text,
                Session.LoginMethod.PASSWORD,
                text,
                "s".repeat(100),
                Set.of("r".repeat(5_000)),
                Set.of(),
                false,
                "i".repeat(20_000)),
            new Session.Device("n".repeat(100), "a".repeat(100)),
            NOON,
            Instant.EPOCH,
            new Session.Activity(NOON, "a".repeat(100)),
            NOON.plus(LIFE));
    store.create(key(session), session);
    assertEquals(Optional.of(session), found(session));
  }

  @Test
  void deletedSessionIsNotFound() {
    Session gone = put(CAROL, NOON);
    Session other = put(CAROL, NOON);
    store.delete(gone.id());
    store.delete(gone.id());
    assertEquals(Optional.empty(), found(gone));
    assertEquals(Optional.of(other), found(other));
  }

  @Test
  void allSessionsOfAUserAreDeleted() {
    Session first = put(CAROL, NOON);
    Session second = put(CAROL, NOON);
    Session upper = put(user("CAROL"), NOON);
    Session other = put(user("carolina"), NOON);
    store.deleteAllOf(CAROL);
    assertEquals(Optional.empty(), found(first));
    assertEquals(Optional.empty(), found(second));
    assertEquals(Optional.empty(), found(upper));
    assertEquals(Optional.of(other), found(other));
  }

  @Test
  void sessionsOfAUserAreListedLastSeenFirst() {
    Session first = put(CAROL, NOON);
    Session second = put(CAROL, NOON.plusSeconds(1));
    put(user("bob"), NOON);
    assertEquals(List.of(second, first), store.findAllOf(CAROL));
    Session.Activity later = new Session.Activity(NOON.plusSeconds(2), null);
    store.recordActivity(Map.of(first.id(), later));
    assertEquals(List.of(first.withLastSeen(later), second), store.findAllOf(CAROL));
    assertEquals(List.of(), store.findAllOf(user("dave")));
  }

  @Test
  void allSessionsOfAUserButOneAreDeleted() {
    Session kept = put(CAROL, NOON);
    Session gone = put(CAROL, NOON);
    Session bob = put(user("bob"), NOON);
    store.deleteOthersOf(CAROL, kept.id());
    assertEquals(List.of(kept), store.findAllOf(CAROL));
    assertEquals(Optional.empty(), found(gone));
    assertEquals(Optional.of(bob), found(bob));
    store.deleteOthersOf(CAROL, bob.id());
    assertEquals(Optional.empty(), found(kept));
    assertEquals(Optional.of(bob), found(bob));
  }

  @Test
  void renewedSessionIsFoundByItsNewKeyOnly() {
    Session session = put(CAROL, NOON);
    Session other = put(CAROL, NOON);
    Session.SignIn again =
        new Session.SignIn(
            CAROL,
            "Caroline",
            Session.LoginMethod.PASSWORD,
            "caroline",
            "another",
            Set.of(),
            Set.of(Samples.PLATFORM),
            false,
            null);
    Session renewed = session.signedInAgain(again, NOON.plusSeconds(7));
    TokenDigest key = key(session(CAROL, NOON));
    assertTrue(store.renew(key(session), key, renewed), "by its current key");
    assertEquals(Optional.empty(), found(session));
    assertEquals(Optional.of(renewed), store.find(key));
    assertEquals(Optional.of(other), found(other));

    assertFalse(store.renew(key(session), key(session(CAROL, NOON)), renewed), "by a former key");
    assertFalse(store.renew(key(other), key(session(CAROL, NOON)), renewed), "by another's key");
    assertEquals(Optional.of(renewed), store.find(key));
    assertEquals(Optional.of(other), found(other));
  }

  @Test
  void latestActivityIsKept() {
    Session session = put(CAROL, NOON);
    Session gone = session(CAROL, NOON);
    Session.Activity latest = new Session.Activity(NOON.plusSeconds(60), "2001:db8::1");
    store.recordActivity(Map.of(session.id(), latest, gone.id(), latest));
    store.recordActivity(
        Map.of(session.id(), new Session.Activity(NOON.plusSeconds(30), "192.0.2.1")));
    store.recordActivity(Map.of());
    assertEquals(Optional.of(session.withLastSeen(latest)), found(session));
    assertEquals(Optional.empty(), found(gone));
  }

  @Test
  void endedSessionsAreDeleted() {
    Session expired = put(CAROL, NOON.minus(LIFE));
    Session idle = put(CAROL, NOON.minusSeconds(1));
    Session live = put(CAROL, NOON);
    Session ofAWrongClock = put(CAROL, NOON.plusSeconds(1));
    store.deleteEnded(NOON, NOON, NOON);
    assertEquals(Optional.empty(), found(expired));
    assertEquals(Optional.empty(), found(idle));
    assertEquals(Optional.empty(), found(ofAWrongClock));
    assertEquals(Optional.of(live), found(live));
  }

  @Test
  void leastRecentlySeenSessionBeyondTheLimitIsDeleted() {
    int most = SessionStore.MAX_PER_USER;
    List<Session> first =
        IntStream.range(0, most).mapToObj(i -> put(CAROL, NOON.plusSeconds(i))).toList();
    store.recordActivity(
        Map.of(first.get(0).id(), new Session.Activity(NOON.plusSeconds(most), null)));
    Session bob = put(user("bob"), NOON);
    assertEquals(most, first.stream().filter(session -> found(session).isPresent()).count());
    Session another = put(CAROL, NOON.plusSeconds(most));
    assertEquals(Optional.empty(), found(first.get(1)));
    assertEquals(most - 1, first.stream().filter(session -> found(session).isPresent()).count());
    assertEquals(Optional.of(another), found(another));
    assertEquals(Optional.of(bob), found(bob));
  }

  @Test
  void formerKeyFindsARenewedSessionOnlyToEndIt() {
    Session session = put(CAROL, NOON);
    TokenDigest first = key(session);
    TokenDigest second = key(session(CAROL, NOON));
    TokenDigest third = key(session(CAROL, NOON));
    put(user("bob"), NOON);
    assertEquals(Optional.of(session), store.findToEnd(first));
    assertEquals(Optional.empty(), store.findToEnd(second));
    assertTrue(store.renew(first, second, session), "renewed");
    assertEquals(Optional.empty(), store.find(first));
    assertEquals(Optional.of(session), store.findToEnd(first));
    assertEquals(Optional.of(session), store.findToEnd(second));
    assertFalse(store.renew(first, third, session), "renewed with the former key");
    assertTrue(store.renew(second, third, session), "renewed again");
    assertEquals(Optional.empty(), store.findToEnd(first));
    assertEquals(Optional.of(session), store.findToEnd(second));
    store.delete(session.id());
    assertEquals(Optional.empty(), store.findToEnd(second));
  }

  @Test
  void concurrentSignInsStayWithinTheLimit() throws Exception {
    int most = SessionStore.MAX_PER_USER;
    IntStream.range(0, most).forEach(i -> put(CAROL, NOON.plusSeconds(i)));
    List<Object> results = ConcurrentCalls.run(20, i -> () -> put(CAROL, NOON.plusSeconds(most)));
    for (Object session : results) {
      assertTrue(store.findAllOf(CAROL).contains(session), () -> "" + session);
    }
    assertEquals(most, store.findAllOf(CAROL).size());
  }
}
