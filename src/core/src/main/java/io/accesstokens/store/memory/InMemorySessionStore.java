package io.accesstokens.store.memory;

import io.accesstokens.session.Session;
import io.accesstokens.session.SessionStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Stores browser sessions in memory. Thread-safe. */
public final class InMemorySessionStore implements SessionStore {

  private static final Comparator<Session> LAST_SEEN_FIRST =
      Comparator.comparing((Session session) -> session.lastSeen().at()).reversed();

  /** The sessions, by the digest of their key. Guarded by the lock of this object. */
  private final Map<TokenDigest, Session> sessions = new HashMap<>();

  /**
   * The digest of the key that a session had before its latest renewal, by session id. Guarded by
   * the lock of this object.
   */
  private final Map<UUID, TokenDigest> formerKeys = new HashMap<>();

  public InMemorySessionStore() {}

  @Override
  public synchronized void create(TokenDigest key, Session session) {
    List<Session> others =
        sessions.values().stream()
            .filter(other -> other.signIn().user().equals(session.signIn().user()))
            .sorted(LAST_SEEN_FIRST)
            .skip(MAX_PER_USER - 1L)
            .toList();
    others.forEach(other -> delete(other.id()));
    sessions.put(key, session);
  }

  @Override
  public synchronized Optional<Session> find(TokenDigest key) {
    return Optional.ofNullable(sessions.get(key));
  }

  @Override
  public synchronized Optional<Session> findToEnd(TokenDigest key) {
    return find(key)
        .or(
            () ->
                sessions.values().stream()
                    .filter(session -> Objects.equals(key, formerKeys.get(session.id())))
                    .findFirst());
  }

  @Override
  public synchronized void delete(UUID id) {
    sessions.values().removeIf(session -> session.id().equals(id));
  }

  @Override
  public synchronized void deleteAllOf(EntityRef user) {
    sessions.values().removeIf(session -> session.signIn().user().equals(user));
  }

  @Override
  public synchronized void deleteOthersOf(EntityRef user, UUID kept) {
    sessions
        .values()
        .removeIf(session -> session.signIn().user().equals(user) && !session.id().equals(kept));
  }

  @Override
  public synchronized List<Session> findAllOf(EntityRef user) {
    return sessions.values().stream()
        .filter(session -> session.signIn().user().equals(user))
        .sorted(LAST_SEEN_FIRST)
        .toList();
  }

  @Override
  public synchronized boolean renew(TokenDigest former, TokenDigest key, Session renewed) {
    Session current = sessions.get(former);
    if (current == null || !current.id().equals(renewed.id())) {
      return false;
    }
    sessions.remove(former);
    formerKeys.put(current.id(), former);
    sessions.put(key, current.signedInAgain(renewed.signIn(), renewed.signedInAt()));
    return true;
  }

  @Override
  public synchronized void recordActivity(Map<UUID, Session.Activity> activities) {
    sessions.replaceAll(
        (key, session) -> {
          Session.Activity activity = activities.get(session.id());
          return activity == null || !activity.at().isAfter(session.lastSeen().at())
              ? session
              : session.withLastSeen(activity);
        });
  }

  @Override
  public synchronized void deleteEnded(
      Instant expiredAt, Instant lastSeenBefore, Instant lastSeenAfter) {
    sessions
        .values()
        .removeIf(
            session ->
                !session.expiresAt().isAfter(expiredAt)
                    || session.lastSeen().at().isBefore(lastSeenBefore)
                    || session.lastSeen().at().isAfter(lastSeenAfter));
    formerKeys
        .keySet()
        .retainAll(sessions.values().stream().map(Session::id).collect(Collectors.toSet()));
  }
}
