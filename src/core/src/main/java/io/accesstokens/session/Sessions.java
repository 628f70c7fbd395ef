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
 * Begins, finds and ends sessions. Every method that asks the store throws {@link
 * StoreUnavailableException} if it is out of reach.
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
  private final Map<UUID, Sighting> seen = new ConcurrentHashMap<>();

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
   * @param device the client of the sign-in
   * @param provedAt when the person proved who they are; null or an instant to come stands for now
   * @param signIn gets the new key, with which it may seal something
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
   * Gives a session a new key, after its person has proved again who they are. It does not end
   * later by that.
   *
   * @param former the key that it has; when this returns, it is good nowhere
   * @param session the session that was found by that key
   * @param provedAt as of {@link #begin}
   * @param signIn gets the new key, and must be of the same person
   * @return empty if the session has ended, or has another key by now
   * @throws IllegalArgumentException if it is another person's sign-in
   */
  public Optional<Begun> renew(
      SessionKey former,
      Session session,
      @Nullable Instant provedAt,
      Function<SessionKey, Session.SignIn> signIn) {
    SessionKey key = SessionKey.random(random);
    Session renewed = session.signedInAgain(signIn.apply(key), signedInAt(provedAt, now()));
    if (!renewed.signIn().user().equals(session.signIn().user())) {
      throw new IllegalArgumentException("a session stays that of one person");
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
    // Another system's word: databases do not hold every instant.
    return provedAt.isBefore(Instant.EPOCH)
        ? Instant.EPOCH
        : provedAt.truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * The session of that key, unless its time is over. To have found it counts as a request.
   *
   * @param address where the request came from, or null
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

  /**
   * Returns the sessions of a person whose time is not over, the one that was seen last first. At
   * most 500.
   */
  public List<Session> findAllOf(EntityRef user) {
    Instant now = clock.instant();
    return store.findAllOf(user).stream()
        .filter(session -> isLive(session, now))
        .map(session -> session.seen(lastSeen(session)))
        .sorted(Comparator.comparing((Session session) -> session.lastSeen().at()).reversed())
        .toList();
  }

  private boolean isLive(Session session, Instant now) {
    // The limit of now, too: it may have been longer when the session began.
    return now.isBefore(session.expiresAt())
        && now.isBefore(session.createdAt().plus(absolute))
        && now.isBefore(lastSeen(session).at().plus(idle));
  }

  /** Returns the last request that this process knows of, written or not. */
  private Sighting lastSeen(Session session) {
    return later(session.lastSeen(), seen.getOrDefault(session.id(), session.lastSeen()));
  }

  private static Sighting later(Sighting a, Sighting b) {
    return a.at().isAfter(b.at()) ? a : b;
  }

  /** Ends a session: when this returns, it is good nowhere. */
  public void end(UUID id) {
    store.delete(id);
    seen.remove(id);
  }

  /** Ends all sessions of a person but one: when this returns, none of them is good anywhere. */
  public void endOthersOf(EntityRef user, UUID kept) {
    store.deleteOthersOf(user, kept);
  }

  /** Ends all sessions of a person: when this returns, none of them is good anywhere. */
  public void endAllOf(EntityRef user) {
    store.deleteAllOf(user);
  }

  /** Writes when sessions were seen; what cannot be written is kept for the next time. */
  public void flush() {
    Map<UUID, Sighting> written = new HashMap<>(seen);
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
