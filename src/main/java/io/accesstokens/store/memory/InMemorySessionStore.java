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
import java.util.Optional;
import java.util.UUID;

/** Sessions in memory. Safe for use by many threads. */
public final class InMemorySessionStore implements SessionStore {

  /** Guarded by this. */
  private final Map<TokenDigest, Session> sessions = new HashMap<>();

  public InMemorySessionStore() {}

  @Override
  public synchronized void create(TokenDigest key, Session session) {
    List<Session> others =
        sessions.values().stream()
            .filter(it -> it.signIn().user().equals(session.signIn().user()))
            .sorted(Comparator.comparing(Session::lastSeenAt).reversed())
            .skip(MOST_OF_A_PERSON - 1L)
            .toList();
    others.forEach(it -> delete(it.id()));
    sessions.put(key, session);
  }

  @Override
  public synchronized Optional<Session> find(TokenDigest key) {
    return Optional.ofNullable(sessions.get(key));
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
  public synchronized void seen(Map<UUID, Instant> lastSeenAt) {
    sessions.replaceAll(
        (key, session) -> {
          Instant at = lastSeenAt.get(session.id());
          return at == null || !at.isAfter(session.lastSeenAt())
              ? session
              : new Session(
                  session.id(), session.signIn(), session.createdAt(), at, session.expiresAt());
        });
  }

  @Override
  public synchronized void deleteOver(Instant expiredAt, Instant lastSeenBefore) {
    sessions
        .values()
        .removeIf(
            session ->
                !session.expiresAt().isAfter(expiredAt)
                    || session.lastSeenAt().isBefore(lastSeenBefore));
  }
}
