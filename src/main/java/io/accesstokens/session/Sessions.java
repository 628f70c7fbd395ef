package io.accesstokens.session;

import io.accesstokens.token.StoreUnavailable;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Begins, finds and ends sessions. Every method that asks the store throws {@link StoreUnavailable}
 * if it is out of reach.
 */
public final class Sessions {

  /** When a session was seen is written this seldom, or ten times within the idle limit. */
  private static final Duration SEEN_STEP = Duration.ofMinutes(1);

  private static final int STEPS_WITHIN_LIMIT = 10;

  /** What other replicas know and have not written yet is waited for, and clocks differ. */
  private static final Duration KEPT_LONGER = Duration.ofMinutes(5);

  private final SessionStore store;
  private final Duration idle;
  private final Duration absolute;
  private final Duration step;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** Sessions that were seen later than their rows say. */
  private final Map<UUID, Instant> seen = new ConcurrentHashMap<>();

  /**
   * @param idle how long a session lasts without a request
   * @param absolute how long it lasts at most
   * @param random a cryptographically strong source, for keys
   */
  public Sessions(
      SessionStore store,
      Duration idle,
      Duration absolute,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.idle = idle;
    this.absolute = absolute;
    Duration fraction = idle.dividedBy(STEPS_WITHIN_LIMIT);
    this.step = fraction.compareTo(SEEN_STEP) < 0 ? fraction : SEEN_STEP;
    this.clock = clock;
    this.random = random;
  }

  /** A new session, and the only time that its key is known here. */
  public record Begun(Session session, SessionKey key) {}

  /**
   * Begins a session.
   *
   * @param signIn told the new key, with which it may seal something
   */
  public Begun begin(Function<SessionKey, Session.SignIn> signIn) {
    SessionKey key = SessionKey.random(random);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Session session =
        new Session(UUID.randomUUID(), signIn.apply(key), now, now, now.plus(absolute));
    store.create(key.digest(), session);
    return new Begun(session, key);
  }

  /** The session of that key, unless its time is over. To have found it counts as a request. */
  public Optional<Session> find(SessionKey key) {
    Instant now = clock.instant();
    Optional<Session> live = store.find(key.digest()).filter(session -> isLive(session, now));
    live.filter(session -> !session.lastSeenAt().plus(step).isAfter(now))
        .ifPresent(session -> seen.merge(session.id(), now, Sessions::later));
    return live;
  }

  private boolean isLive(Session session, Instant now) {
    Instant lastSeen =
        later(session.lastSeenAt(), seen.getOrDefault(session.id(), session.lastSeenAt()));
    // The limit of now, too: it may have been longer when the session began.
    return now.isBefore(session.expiresAt())
        && now.isBefore(session.createdAt().plus(absolute))
        && now.isBefore(lastSeen.plus(idle));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /** Ends a session: when this returns, it is good nowhere. */
  public void end(UUID id) {
    store.delete(id);
    seen.remove(id);
  }

  /** Ends all sessions of a person: when this returns, none of them is good anywhere. */
  public void endAllOf(EntityRef user) {
    store.deleteAllOf(user);
  }

  /** Writes when sessions were seen; what cannot be written is kept for the next time. */
  public void flush() {
    Map<UUID, Instant> written = new HashMap<>(seen);
    if (!written.isEmpty()) {
      store.seen(written);
      written.forEach(seen::remove);
    }
  }

  /** Takes away what is over. */
  public void maintain() {
    Instant now = clock.instant();
    store.deleteOver(now, now.minus(idle).minus(KEPT_LONGER));
  }
}
