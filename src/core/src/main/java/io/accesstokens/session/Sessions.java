package io.accesstokens.session;

import io.accesstokens.session.Session.Device;
import io.accesstokens.session.Session.Sighting;
import io.accesstokens.token.StoreUnavailableException;
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
 * Starts, finds and ends sessions. Every method that uses the store throws {@link
 * StoreUnavailableException} if the store cannot be reached.
 */
public final class Sessions {

  /**
   * Minimum age of the stored last request before a later one replaces it. A tenth of the idle
   * limit applies if that is shorter.
   */
  private static final Duration SEEN_STEP = Duration.ofMinutes(1);

  private static final int STEPS_WITHIN_LIMIT = 10;

  /**
   * Extra time before an idle session is deleted. Other replicas may have served later requests
   * that they have not written yet, and clocks differ.
   */
  private static final Duration KEPT_LONGER = Duration.ofMinutes(5);

  private final SessionStore store;
  private final Duration idle;
  private final Duration absolute;
  private final Duration step;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** The last requests, by session id, that are later than those in the rows. */
  private final Map<UUID, Sighting> seen = new ConcurrentHashMap<>();

  /**
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
    this.clock = clock;
    this.random = random;
  }

  /** A session with its new key. The key cannot be read again later. */
  public record Begun(Session session, SessionKey key) {}

  /**
   * Starts a session.
   *
   * @param device the client of the sign-in
   * @param provedAt when the user proved their identity; null or a future instant means now
   * @param signIn receives the new key, and may seal a text with it
   */
  public Begun begin(
      Device device, @Nullable Instant provedAt, Function<SessionKey, Session.SignIn> signIn) {
    SessionKey key = SessionKey.random(random);
    Instant now = now();
    Session session =
        new Session(
            UUID.randomUUID(),
            signIn.apply(key),
            device,
            now,
            signedInAt(provedAt, now),
            new Sighting(now, device.address()),
            now.plus(absolute));
    store.create(key.digest(), session);
    return new Begun(session, key);
  }

  /**
   * Replaces the key of a session after its user has signed in again. The end of the session does
   * not change.
   *
   * @param former the current key; it is invalid when this method returns
   * @param session the session that was found with that key
   * @param provedAt as in {@link #begin}
   * @param signIn receives the new key; its result must have the same user
   * @return empty if the session has ended or has another key
   * @throws IllegalArgumentException if the sign-in is of another user
   */
  public Optional<Begun> renew(
      SessionKey former,
      Session session,
      @Nullable Instant provedAt,
      Function<SessionKey, Session.SignIn> signIn) {
    SessionKey key = SessionKey.random(random);
    Session renewed = session.signedInAgain(signIn.apply(key), signedInAt(provedAt, now()));
    if (!renewed.signIn().user().equals(session.signIn().user())) {
      throw new IllegalArgumentException("the user of a session cannot change");
    }
    return store.renew(former.digest(), key.digest(), renewed)
        ? Optional.of(new Begun(renewed, key))
        : Optional.empty();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Instant signedInAt(@Nullable Instant provedAt, Instant now) {
    if (provedAt == null || provedAt.isAfter(now)) {
      return now;
    }
    // The instant comes from another system, and databases cannot store every instant.
    return provedAt.isBefore(Instant.EPOCH)
        ? Instant.EPOCH
        : provedAt.truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Returns the session with this key, unless it has expired. A successful call counts as a
   * request.
   *
   * @param address the network address of the request, or null
   */
  public Optional<Session> find(SessionKey key, @Nullable String address) {
    Instant now = clock.instant();
    Optional<Session> live = store.find(key.digest()).filter(session -> isLive(session, now));
    live.filter(session -> isNews(session.lastSeen(), now, address))
        .ifPresent(
            session -> seen.merge(session.id(), new Sighting(now, address), Sessions::later));
    return live;
  }

  private boolean isNews(Sighting last, Instant now, @Nullable String address) {
    return !last.at().plus(step).isAfter(now) || !Objects.equals(last.address(), address);
  }

  /** Returns the valid sessions of a user, the last seen first. At most 500. */
  public List<Session> findAllOf(EntityRef user) {
    Instant now = clock.instant();
    return store.findAllOf(user).stream()
        .filter(session -> isLive(session, now))
        .map(session -> session.seen(lastSeen(session)))
        .sorted(Comparator.comparing((Session session) -> session.lastSeen().at()).reversed())
        .toList();
  }

  private boolean isLive(Session session, Instant now) {
    // The current limit applies as well, because it may have been longer when the session began.
    return now.isBefore(session.expiresAt())
        && now.isBefore(session.createdAt().plus(absolute))
        && now.isBefore(lastSeen(session).at().plus(idle));
  }

  /** Returns the last request that this process knows, whether it was written or not. */
  private Sighting lastSeen(Session session) {
    return later(session.lastSeen(), seen.getOrDefault(session.id(), session.lastSeen()));
  }

  private static Sighting later(Sighting a, Sighting b) {
    return a.at().isAfter(b.at()) ? a : b;
  }

  /** Ends a session. When this method returns, the session is invalid in every replica. */
  public void end(UUID id) {
    store.delete(id);
    seen.remove(id);
  }

  /** Ends all sessions of a user except one. They are invalid in every replica on return. */
  public void endOthersOf(EntityRef user, UUID kept) {
    store.deleteOthersOf(user, kept);
  }

  /** Ends all sessions of a user. They are invalid in every replica on return. */
  public void endAllOf(EntityRef user) {
    store.deleteAllOf(user);
  }

  /** Writes the times of the last requests. If the write fails, they are kept for the next call. */
  public void flush() {
    Map<UUID, Sighting> written = new HashMap<>(seen);
    if (!written.isEmpty()) {
      store.seen(written);
      written.forEach(seen::remove);
    }
  }

  /** Deletes expired and idle sessions from the store. */
  public void maintain() {
    Instant now = clock.instant();
    store.deleteOver(now, now.minus(idle).minus(KEPT_LONGER));
  }
}
