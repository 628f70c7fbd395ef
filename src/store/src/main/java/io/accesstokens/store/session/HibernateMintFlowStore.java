package io.accesstokens.store.session;

import io.accesstokens.mint.MintFlow;
import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.store.entity.MintFlowEntity;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.OwnerLock;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.StatelessSession;

/**
 * Stores mint flows in a relational database. On H2, all stores of a database must use the same
 * {@link Database} object, because its lock serializes the writing transactions.
 */
public final class HibernateMintFlowStore implements MintFlowStore {

  private static final int BATCH = 500;

  private static final String OVER = "select f.id from MintFlowEntity f where f.expiresAt <= :at";

  private final Database database;

  public HibernateMintFlowStore(Database database) {
    this.database = database;
  }

  @Override
  public void create(MintFlow flow) {
    OwnerLock.run(database, flow.user(), () -> tryCreate(flow));
  }

  /**
   * Creates a mint flow, if the row of the user can be locked.
   *
   * @return true if the flow was created; false if the user has no row to lock yet
   */
  private boolean tryCreate(MintFlow flow) {
    MintFlowEntity row = new MintFlowEntity(flow);
    return database.write(
        session -> {
          if (!OwnerLock.take(session, flow.user())) {
            return false;
          }
          delete(session, surplus(session, flow.user()));
          session.insert(row);
          return true;
        });
  }

  /**
   * Returns the ids of a user's oldest mint flows, which must be deleted before a new flow is
   * added. Without the deletion, the user would exceed the limit.
   *
   * <p>The query is native SQL, because Hibernate compiles its own queries at their first use. The
   * compilation can take a second. After one second without a statement, the database server ends a
   * transaction that has a lock.
   */
  private static List<String> surplus(StatelessSession session, EntityRef user) {
    return session
        .createNativeQuery(
            "select id from personal_token_mint_flows where user_entity_ref = :user"
                + " order by created_at desc, id desc",
            String.class)
        .setParameter("user", user.toString())
        .setFirstResult(MAX_PER_USER - 1)
        .setMaxResults(BATCH)
        .getResultList();
  }

  private static int delete(StatelessSession session, List<String> ids) {
    return ids.isEmpty()
        ? 0
        : session
            .createNativeMutationQuery("delete from personal_token_mint_flows where id in (:ids)")
            // All replicas use the order of ids, so deadlocks are rare.
            .setParameterList("ids", ids.stream().sorted().toList())
            .executeUpdate();
  }

  @Override
  public Optional<MintFlow> find(UUID id) {
    return find("id", id.toString());
  }

  @Override
  public Optional<MintFlow> findByState(TokenDigest state) {
    return find("stateHash", state.bytes());
  }

  @Override
  public Optional<MintFlow> findByCode(TokenDigest code) {
    return find("codeHash", code.bytes());
  }

  private Optional<MintFlow> find(String unique, Object value) {
    return database.readBounded(
        session ->
            session
                .createSelectionQuery(
                    "from MintFlowEntity f where f." + unique + " = :value", MintFlowEntity.class)
                .setParameter("value", value)
                .uniqueResultOptional()
                .map(MintFlowEntity::flow));
  }

  @Override
  public boolean replace(MintFlow current, MintFlow next) {
    return database.write(
            session ->
                session
                    .createMutationQuery(
                        "update MintFlowEntity f set f.stage = :next, f.codeHash = :code,"
                            + " f.sessionId = :session, f.stateHash = :state, f.codeChallenge = :challenge,"
                            + " f.expiresAt = :end where f.id = :id and f.stage = :stage")
                    .setParameter("next", MintFlowEntity.column(next.stage()))
                    .setParameter("code", MintFlowEntity.column(next.code()), byte[].class)
                    .setParameter("session", MintFlowEntity.sessionColumn(next.sessionId()))
                    .setParameter("state", next.state().bytes())
                    .setParameter("challenge", next.codeChallenge())
                    .setParameter("end", next.expiresAt())
                    .setParameter("id", current.id().toString())
                    .setParameter("stage", MintFlowEntity.column(current.stage()))
                    .executeUpdate())
        == 1;
  }

  @Override
  public boolean delete(MintFlow current) {
    return database.write(
            session ->
                session
                    .createMutationQuery(
                        "delete from MintFlowEntity f where f.id = :id and f.stage = :stage")
                    .setParameter("id", current.id().toString())
                    .setParameter("stage", MintFlowEntity.column(current.stage()))
                    .executeUpdate())
        == 1;
  }

  @Override
  public void deleteEnded(Instant now) {
    database.inBatches(
        BATCH,
        session ->
            session
                .createSelectionQuery(OVER, String.class)
                .setParameter("at", now)
                .setMaxResults(BATCH)
                .getResultList(),
        // After the read, another replica can have extended a flow.
        (session, ids) -> {
          var unused =
              session
                  .createMutationQuery(
                      "delete from MintFlowEntity f where f.id in (:ids) and f.expiresAt <= :at")
                  .setParameterList("ids", ids.stream().sorted().toList())
                  .setParameter("at", now)
                  .executeUpdate();
        });
  }
}
