package io.accesstokens.store.session;

import static io.accesstokens.store.jdbc.Statements.batch;

import io.accesstokens.session.Session;
import io.accesstokens.session.Session.SignIn;
import io.accesstokens.session.SessionStore;
import io.accesstokens.store.entity.SessionEntity;
import io.accesstokens.store.jdbc.Database;
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

  private static final int MAX_LISTED = 500;

  private final Database database;
  private final UserRows rows;

  /**
   * Creates a store. If a user has the maximum number of sessions, a new session replaces the
   * session whose last request is the oldest.
   */
  public HibernateSessionStore(Database database) {
    this.database = database;
    this.rows =
        new UserRows(
            database,
            "access_token_sessions",
            "SessionEntity",
            "last_seen_at desc, id",
            MAX_PER_USER);
  }

  @Override
  public void create(TokenDigest key, Session session) {
    rows.add(session.signIn().user(), new SessionEntity(key, session));
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
                .setMaxResults(MAX_LISTED)
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
    var unused = database.write(hibernate -> rows.delete(hibernate, List.of(id.toString())));
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
    List<@Nullable Object[]> changes = new ArrayList<>();
    ordered.forEach(
        (id, activity) ->
            changes.add(new Object[] {activity.at(), activity.address(), id, activity.at()}));
    var unused = database.writeJdbc(connection -> batch(connection, SEEN, changes));
  }

  @Override
  public void deleteEnded(Instant expiredAt, Instant lastSeenBefore, Instant lastSeenAfter) {
    rows.deleteAll("r.expiresAt <= :at", expiredAt);
    rows.deleteAll("r.lastSeenAt < :at", lastSeenBefore);
    rows.deleteAll("r.lastSeenAt > :at", lastSeenAfter);
  }
}
