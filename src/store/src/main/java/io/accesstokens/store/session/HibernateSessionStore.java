package io.accesstokens.store.session;

import static io.accesstokens.store.jdbc.Statements.batch;

import io.accesstokens.session.Session;
import io.accesstokens.session.Session.SignIn;
import io.accesstokens.session.SessionStore;
import io.accesstokens.store.entity.SessionEntity;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.OwnerLock;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Stores sessions in a relational database. On H2, all stores of a database must use the same
 * {@link Database} object, because its lock serializes the writing transactions.
 */
public final class HibernateSessionStore implements SessionStore {

  private static final String SEEN =
      "update access_token_sessions set last_seen_at = ?, last_seen_address = ?"
          + " where id = ? and last_seen_at < ?";

  private static final String RENEW =
      "update SessionEntity s set s.keyHash = :key, s.formerKeyHash = :former,"
          + " s.displayName = :displayName, s.loginMethod = :loginMethod, s.username = :username,"
          + " s.accountStatus = :accountStatus, s.roles = :roles, s.groups = :groups,"
          + " s.loopbackOnly = :loopbackOnly, s.sealedIdToken = :sealed,"
          + " s.signedInAt = :signedInAt where s.id = :id and s.keyHash = :former";

  private static final int BATCH = 500;

  private final Database database;

  public HibernateSessionStore(Database database) {
    this.database = database;
  }

  @Override
  public void create(TokenDigest key, Session session) {
    SessionEntity row = new SessionEntity(key, session);
    EntityRef user = session.signIn().user();
    OwnerLock.run(database, user, () -> tryCreate(row, user));
  }

  /**
   * Adds a session, if the row of the user can be locked.
   *
   * @return true if the session was added; false if the user has no row to lock yet
   */
  private boolean tryCreate(SessionEntity row, EntityRef user) {
    return database.write(
        hibernate -> {
          if (!OwnerLock.take(hibernate, user)) {
            return false;
          }
          delete(hibernate, surplus(hibernate, user));
          hibernate.insert(row);
          return true;
        });
  }

  /**
   * Returns the ids of a user's sessions that must be deleted before a new session is added. The
   * last requests of these sessions are the oldest. Without the deletion, the user would exceed the
   * limit.
   *
   * <p>The query is native SQL, because Hibernate compiles its own queries at their first use. The
   * compilation can take longer than the database lets a transaction with a lock be idle.
   */
  private static List<String> surplus(StatelessSession hibernate, EntityRef user) {
    return hibernate
        .createNativeQuery(
            "select id from access_token_sessions where user_entity_ref = :user"
                + " order by last_seen_at desc, id",
            String.class)
        .setParameter("user", user.toString())
        .setFirstResult(MAX_PER_USER - 1)
        .setMaxResults(BATCH)
        .getResultList();
  }

  private static int delete(StatelessSession hibernate, List<String> ids) {
    return ids.isEmpty()
        ? 0
        : hibernate
            .createNativeMutationQuery("delete from access_token_sessions where id in (:ids)")
            // All replicas use the order of ids, so deadlocks are rare.
            .setParameterList("ids", ids.stream().sorted().toList())
            .executeUpdate();
  }

  @Override
  public Optional<Session> find(TokenDigest key) {
    return database.readBounded(hibernate -> find(hibernate, "keyHash", key));
  }

  @Override
  public Optional<Session> findToEnd(TokenDigest key) {
    return database.readBounded(
        hibernate ->
            find(hibernate, "keyHash", key).or(() -> find(hibernate, "formerKeyHash", key)));
  }

  private static Optional<Session> find(
      StatelessSession hibernate, String property, TokenDigest key) {
    return hibernate
        .createSelectionQuery(
            "from SessionEntity s where s." + property + " = :key", SessionEntity.class)
        .setParameter("key", key.bytes())
        .uniqueResultOptional()
        .map(SessionEntity::session);
  }

  @Override
  public List<Session> findAllOf(EntityRef user) {
    return database.read(
        hibernate ->
            hibernate
                .createSelectionQuery(
                    "from SessionEntity s where s.user = :user order by s.lastSeenAt desc, s.id",
                    SessionEntity.class)
                .setParameter("user", user.toString())
                .setMaxResults(BATCH)
                .getResultList()
                .stream()
                .map(SessionEntity::session)
                .toList());
  }

  @Override
  public boolean renew(TokenDigest former, TokenDigest key, Session renewed) {
    SignIn signIn = renewed.signIn();
    return database.write(
            hibernate ->
                hibernate
                    .createMutationQuery(RENEW)
                    .setParameter("key", key.bytes())
                    .setParameter("displayName", signIn.displayName())
                    .setParameter("loginMethod", SessionEntity.column(signIn.loginMethod()))
                    .setParameter("username", signIn.username())
                    .setParameter("accountStatus", signIn.accountStatus())
                    .setParameter("roles", SessionEntity.roles(signIn))
                    .setParameter("groups", SessionEntity.groups(signIn))
                    .setParameter("loopbackOnly", signIn.loopbackOnly())
                    .setParameter("sealed", signIn.sealedIdToken(), String.class)
                    .setParameter("signedInAt", renewed.signedInAt())
                    .setParameter("id", renewed.id().toString())
                    .setParameter("former", former.bytes())
                    .executeUpdate())
        == 1;
  }

  @Override
  public void delete(UUID id) {
    var unused = database.write(hibernate -> delete(hibernate, List.of(id.toString())));
  }

  @Override
  public void deleteAllOf(EntityRef user) {
    var unused =
        database.write(
            hibernate ->
                hibernate
                    .createMutationQuery("delete from SessionEntity s where s.user = :user")
                    .setParameter("user", user.toString())
                    .executeUpdate());
  }

  @Override
  public void deleteOthersOf(EntityRef user, UUID kept) {
    var unused =
        database.write(
            hibernate ->
                hibernate
                    .createMutationQuery(
                        "delete from SessionEntity s where s.user = :user and s.id <> :kept")
                    .setParameter("user", user.toString())
                    .setParameter("kept", kept.toString())
                    .executeUpdate());
  }

  @Override
  public void recordActivity(Map<UUID, Session.Activity> activities) {
    if (activities.isEmpty()) {
      return;
    }
    SortedMap<String, Session.Activity> ordered = new TreeMap<>();
    activities.forEach((id, activity) -> ordered.put(id.toString(), activity));
    List<@Nullable Object[]> rows = new ArrayList<>();
    ordered.forEach(
        (id, activity) ->
            rows.add(new Object[] {activity.at(), activity.address(), id, activity.at()}));
    var unused = database.writeJdbc(connection -> batch(connection, SEEN, rows));
  }

  @Override
  public void deleteEnded(Instant expiredAt, Instant lastSeenBefore, Instant lastSeenAfter) {
    deleteAll("s.expiresAt <= :at", expiredAt);
    deleteAll("s.lastSeenAt < :at", lastSeenBefore);
    deleteAll("s.lastSeenAt > :at", lastSeenAfter);
  }

  private void deleteAll(String condition, Instant at) {
    database.inBatches(
        BATCH,
        hibernate ->
            hibernate
                .createSelectionQuery(
                    "select s.id from SessionEntity s where " + condition, String.class)
                .setParameter("at", at)
                .setMaxResults(BATCH)
                .getResultList(),
        // After the read, another replica can have used a session.
        (hibernate, ids) -> {
          var unused =
              hibernate
                  .createMutationQuery(
                      "delete from SessionEntity s where s.id in (:ids) and " + condition)
                  .setParameterList("ids", ids.stream().sorted().toList())
                  .setParameter("at", at)
                  .executeUpdate();
        });
  }
}
