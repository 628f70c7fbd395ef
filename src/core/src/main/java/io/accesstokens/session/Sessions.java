package io.accesstokens.session;

import io.accesstokens.session.Session.Activity;
import io.accesstokens.session.Session.Device;
import io.accesstokens.token.Actor;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.policy.SignInAge;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Starts, finds and ends browser sessions. Every method that uses the store throws {@link
 * StoreUnavailableException} if the store cannot be reached.
 */
public final class Sessions {

  /**
   * Minimum time between two recorded requests of a session from the same address. A request from
   * another address is always recorded. If the idle limit is less than ten minutes, the minimum
   * time is a tenth of the idle limit.
   */
  private static final Duration SEEN_STEP = Duration.ofMinutes(1);

  private static final int STEPS_WITHIN_LIMIT = 10;

  /**
   * Extra time before an idle session is deleted. In this time, other replicas can still store the
   * last requests that they served. The extra time also covers differences between the clocks of
   * the replicas.
   */
  private static final Duration KEPT_LONGER = Duration.ofMinutes(5);

  private final SessionStore store;
  private final Duration idle;
  private final Duration absolute;
  private final Duration step;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * The last request of each session, by session id. Contains only requests that were not written
   * to the store yet.
   */
  private final Map<UUID, Activity> unwritten = new ConcurrentHashMap<>();

  /**
   * Creates the service for sessions.
   *
   * @param idle the maximum time without a request
   * @param absolute the maximum lifetime of a session
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
    this.clock = () -> clock.instant().truncatedTo(ChronoUnit.MILLIS);
    this.random = random;
  }

  /** A session with its new key. The key cannot be retrieved later. */
  public record StartedSession(Session session, SessionKey key) {}

  /**
   * Starts a session.
   *
   * @param device the client from which the user signed in
   * @param authenticatedAt the instant at which the user proved their identity; null or a future
   *     instant means now
   * @param signIn a function that returns the facts of the sign-in; it receives the new key, and
   *     may encrypt a text with this key
   */
  public StartedSession start(
      Device device,
      @Nullable Instant authenticatedAt,
      Function<SessionKey, Session.SignIn> signIn) {
    SessionKey key = SessionKey.random(random);
    Instant now = clock.instant();
    Session session =
        new Session(
            UUID.randomUUID(),
            signIn.apply(key),
            device,
            now,
            signedInAt(authenticatedAt, now),
            new Activity(now, device.address()),
            now.plus(absolute));
    store.create(key.digest(), session);
    return new StartedSession(session, key);
  }

  /**
   * Replaces the key of a session after its user has signed in again. The end of the session does
   * not change.
   *
   * @param former the key that is replaced; after this call, this key can only end the session
   * @param session the session that was found with that key
   * @param authenticatedAt the instant at which the user proved their identity; null or a future
   *     instant means now
   * @param signIn a function that returns the facts of the new sign-in and receives the new key;
   *     the user must be the session's user
   * @return the session with its new key; empty if the session no longer exists, or has another key
   *     now
   * @throws IllegalArgumentException if the new sign-in is of another user
   */
  public Optional<StartedSession> renew(
      SessionKey former,
      Session session,
      @Nullable Instant authenticatedAt,
      Function<SessionKey, Session.SignIn> signIn) {
    SessionKey key = SessionKey.random(random);
    Session renewed =
        session.signedInAgain(signIn.apply(key), signedInAt(authenticatedAt, clock.instant()));
    if (!renewed.signIn().user().equals(session.signIn().user())) {
      throw new IllegalArgumentException("the new sign-in must be of the user of the session");
    }
    return store.renew(former.digest(), key.digest(), renewed)
        ? Optional.of(new StartedSession(renewed, key))
        : Optional.empty();
  }

  private static Instant signedInAt(@Nullable Instant authenticatedAt, Instant now) {
    if (authenticatedAt == null || authenticatedAt.isAfter(now)) {
      return now;
    }
    // An OpenID provider can report any instant. Databases cannot store every instant.
    return authenticatedAt.isBefore(Instant.EPOCH)
        ? Instant.EPOCH
        : authenticatedAt.truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Returns the session with this key, unless the session has expired. A successful call counts as
   * a request in the session.
   *
   * @param address the network address of the request; null if unknown
   * @return empty if no valid session has this key
   */
  public Optional<Session> find(SessionKey key, @Nullable String address) {
    Instant now = clock.instant();
    Optional<Session> live = store.find(key.digest()).filter(session -> isLive(session, now));
    live.filter(session -> isNews(session.lastSeen(), now, address))
        .ifPresent(
            session -> unwritten.merge(session.id(), new Activity(now, address), Sessions::later));
    return live;
  }

  /**
   * Returns the session that has this key, or that had this key until the user signed in again. The
   * result may only be used to end the session. A request to end the session has the former key if
   * the browser has not received the response to the sign-in yet.
   *
   * @return empty if no session has or had this key, or if the session has expired
   */
  public Optional<Session> findToEnd(SessionKey key) {
    Instant now = clock.instant();
    return store.findToEnd(key.digest()).filter(session -> !hasEnded(session, now));
  }

  private boolean isNews(Activity last, Instant now, @Nullable String address) {
    return !last.at().plus(step).isAfter(now) || !Objects.equals(last.address(), address);
  }

  /**
   * Returns at most 500 valid sessions of a user. The session with the latest request comes first.
   */
  public List<Session> findAllOf(EntityRef user) {
    Instant now = clock.instant();
    return store.findAllOf(user).stream()
        .filter(session -> isLive(session, now))
        .map(session -> session.withLastSeen(lastSeen(session)))
        .sorted(Comparator.comparing((Session session) -> session.lastSeen().at()).reversed())
        .toList();
  }

  private boolean isLive(Session session, Instant now) {
    return !hasEnded(session, now) && !lastSeen(session).at().isAfter(latest(now));
  }

  private boolean hasEnded(Session session, Instant now) {
    // The current limit applies too, because the limit may have been longer when the session began.
    return !now.isBefore(session.expiresAt())
        || !now.isBefore(session.createdAt().plus(absolute))
        || !now.isBefore(lastSeen(session).at().plus(idle));
  }

  /**
   * Returns the latest valid instant for the beginning or the last use of a session. A later
   * instant was recorded with a wrong clock. A session with a later instant is invalid, because it
   * would end too late.
   */
  private static Instant latest(Instant now) {
    return now.plus(SignInAge.CLOCK_DIFFERENCE);
  }

  /**
   * Returns the last request in a session, including requests that are not written to the store
   * yet.
   */
  private Activity lastSeen(Session session) {
    return later(session.lastSeen(), unwritten.getOrDefault(session.id(), session.lastSeen()));
  }

  private static Activity later(Activity a, Activity b) {
    return a.at().isAfter(b.at()) ? a : b;
  }

  /** Ends a session. After this method, the session is invalid on every replica. */
  public void end(UUID id) {
    store.delete(id);
    unwritten.remove(id);
  }

  /**
   * Ends all sessions of a user except one. After this method, the ended sessions are invalid on
   * every replica.
   *
   * @param kept the id of the session that continues
   */
  public void endOthersOf(EntityRef user, UUID kept) {
    store.deleteOthersOf(user, kept);
  }

  /** Ends all sessions of a user. After this method, the sessions are invalid on every replica. */
  public void endAllOf(EntityRef user) {
    store.deleteAllOf(user);
  }

  /**
   * Ends all sessions of a user on behalf of an actor, except the session of the actor. After this
   * method, the ended sessions are invalid on every replica.
   */
  public void endAllOf(EntityRef user, Actor actor) {
    UUID kept =
        actor instanceof Actor.Person person && person.ref().equals(user)
            ? person.sessionId()
            : null;
    if (kept == null) {
      endAllOf(user);
    } else {
      endOthersOf(user, kept);
    }
  }

  /**
   * Writes the last requests of sessions to the store. If the write fails, the next call repeats
   * the write.
   */
  public void flush() {
    Map<UUID, Activity> written = new HashMap<>(unwritten);
    if (!written.isEmpty()) {
      store.recordActivity(written);
      written.forEach(unwritten::remove);
    }
  }

  /**
   * Deletes from the store expired sessions, idle sessions, and sessions whose last request is in
   * the future because of a wrong clock.
   */
  public void maintain() {
    Instant now = clock.instant();
    store.deleteEnded(now, now.minus(idle).minus(KEPT_LONGER), latest(now));
  }
}
