package io.accesstokens.store.session;

import io.accesstokens.mint.MintFlow;
import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.store.entity.MintFlowEntity;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Stores mint flows in a relational database. On H2, all stores of a database must use the same
 * {@link Database} object, because its lock serializes the writing transactions.
 */
public final class HibernateMintFlowStore implements MintFlowStore {

  private final Database database;
  private final UserRows rows;

  /** Creates a store. If a user has the maximum number of flows, a new flow replaces the oldest. */
  public HibernateMintFlowStore(Database database) {
    this.database = database;
    this.rows =
        new UserRows(
            database,
            "personal_token_mint_flows",
            "MintFlowEntity",
            "created_at desc, id desc",
            MAX_PER_USER);
  }

  @Override
  public void create(MintFlow flow) {
    rows.add(flow.user(), new MintFlowEntity(flow));
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
    rows.deleteAll("r.expiresAt <= :at", now);
  }
}
