package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.feed.VerdictChanges;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.listing.InList;
import io.accesstokens.store.notice.NoticeOutbox;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.rotation.PreviousSecretEnd;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.LogLimit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.hibernate.StatelessSession;

/**
 * Records the ends of previous secrets that have expired, and deletes old idempotency keys and old
 * secrets. The verdicts on secrets do not depend on this work.
 */
final class SecretMaintenance {

  private static final Logger LOG = System.getLogger(SecretMaintenance.class.getName());

  /** Maximum number of rows in a batch, as in {@link TokenMaintenance}. */
  private static final int BATCH = 500;

  /**
   * Retention time of idempotency keys: their validity of 24 hours, and an hour for clock
   * differences.
   */
  private static final Duration KEYS_KEPT = Duration.ofHours(25);

  /** Retention time of replaced secrets after the expiry of their token. */
  private static final Duration SECRETS_KEPT = Duration.ofDays(365);

  private final Database database;
  private final VerdictChanges changes;
  private final NoticeOutbox outbox;
  private final UuidGenerator ids;
  private final LogLimit failures = new LogLimit(1);

  /**
   * The UTC day on which this process last deleted old secrets. The next call of {@link #maintain}
   * repeats a failed deletion.
   */
  private final AtomicReference<Optional<LocalDate>> deletedOn =
      new AtomicReference<>(Optional.empty());

  SecretMaintenance(
      Database database, VerdictChanges changes, NoticeOutbox outbox, UuidGenerator ids) {
    this.database = database;
    this.changes = changes;
    this.outbox = outbox;
    this.ids = ids;
  }

  /**
   * Records the ends of previous secrets, and deletes old idempotency keys. Deletes old secrets
   * too, once on each UTC day.
   *
   * @param due an instant; records the end of each previous secret that expires at or before this
   *     instant
   * @param now the current instant
   * @param written receives each audit event after its commit
   */
  void maintain(Instant due, Instant now, Consumer<AuditEvent> written) {
    int failed = 0;
    int found;
    do {
      List<String> tokens = dueTokens(due, failed);
      failed += endAll(tokens, due, now, written);
      found = tokens.size();
    } while (found == BATCH && !DaemonThreads.isStopping());
    deleteKeys(now.minus(KEYS_KEPT));
    Optional<LocalDate> today = Optional.of(SecretUses.dayOf(now));
    if (!today.equals(deletedOn.get())) {
      deleteSecrets(now.minus(SECRETS_KEPT));
      deletedOn.set(today);
    }
  }

  /**
   * Records the ends of one batch of secrets. A failure with one token does not affect the other
   * tokens.
   *
   * @return the number of tokens with a failure
   */
  private int endAll(List<String> tokens, Instant due, Instant now, Consumer<AuditEvent> written) {
    int failed = 0;
    for (String id : tokens) {
      List<AuditEvent> events = List.of();
      try {
        events = end(UUID.fromString(id), due, now);
      } catch (StoreUnavailableException e) {
        throw e;
      } catch (RuntimeException e) {
        failed++;
        failures.log(
            LOG, Level.WARNING, "the end of a secret of token " + id + " was not recorded: " + e);
      }
      events.forEach(written);
    }
    return failed;
  }

  /**
   * Returns the ids of the next batch of tokens. The previous secrets of these tokens have expired,
   * but their ends are not recorded yet.
   *
   * @param failed the number of secrets whose ends this run could not record. The query returns
   *     these secrets first. The batch therefore begins after them.
   */
  private List<String> dueTokens(Instant due, int failed) {
    return database.read(
        session ->
            session
                .createNativeQuery(
                    "select s.token_id from access_token_secrets s where s.ended_at is null"
                        + " and s.expires_at <= :due order by s.expires_at, s.token_id"
                        + " limit :batch offset :failed",
                    String.class)
                .setParameter("due", InstantConverter.column(due))
                .setParameter("batch", BATCH)
                .setParameter("failed", failed)
                .getResultList());
  }

  private List<AuditEvent> end(UUID tokenId, Instant due, Instant now) {
    List<AuditEvent> events = end(TokenTable.SERVICE, tokenId, due, now);
    if (events.isEmpty()) {
      events = end(TokenTable.PERSONAL, tokenId, due, now);
    }
    if (events.isEmpty()) {
      // The token is revoked or deleted, or another replica has recorded the end.
      var unused =
          database.write(
              session ->
                  session
                      .createNativeMutationQuery(
                          "update access_token_secrets set ended_at = expires_at where token_id ="
                              + " :token and ended_at is null and expires_at <= :due")
                      .setParameter("token", tokenId.toString())
                      .setParameter("due", InstantConverter.column(due))
                      .executeUpdate());
    }
    return events;
  }

  private <T extends AccessToken> List<AuditEvent> end(
      TokenTable<T> table, UUID tokenId, Instant due, Instant now) {
    return changes
        .change(
            session ->
                SecretsUpdate.run(
                    session,
                    table,
                    outbox,
                    tokenId,
                    null,
                    state -> PreviousSecretEnd.byTime(state.token(), due, now, ids)))
        .result()
        .map(change -> change.events())
        .orElse(List.of());
  }

  private void deleteKeys(Instant before) {
    LocalDateTime end = InstantConverter.column(before);
    database.inBatches(
        BATCH,
        session ->
            session
                .createNativeQuery(
                    "select repeat_key from access_token_rotations where rotated_at < :before"
                        + " order by rotated_at limit :batch",
                    String.class)
                .setParameter("before", end)
                .setParameter("batch", BATCH)
                .getResultList(),
        (session, keys) -> deleteKeys(session, keys, end));
  }

  private static void deleteKeys(
      StatelessSession session, List<String> keys, LocalDateTime before) {
    InList<String> list = InList.of(keys.stream().sorted().toList());
    String sql =
        "delete from access_token_rotations where repeat_key in "
            + list.marks()
            + " and rotated_at < ?";
    list.bind(session.createNativeMutationQuery(sql))
        .setParameter(list.values().size() + 1, before)
        .executeUpdate();
  }

  /**
   * Deletes the secrets of tokens that expired before an instant. An expired token is never rotated
   * again.
   */
  private void deleteSecrets(Instant before) {
    String last = "";
    List<String> page;
    do {
      String after = last;
      page = database.read(session -> tokensWithSecrets(session, after));
      if (page.isEmpty()) {
        return;
      }
      last = page.get(page.size() - 1);
      for (TokenTable<?> table : List.of(TokenTable.SERVICE, TokenTable.PERSONAL)) {
        List<String> candidates = page;
        List<String> old =
            database.read(session -> expired(session, table, candidates, before)).stream()
                .sorted()
                .toList();
        old.forEach(this::deleteSecretsOf);
      }
    } while (page.size() == BATCH && !DaemonThreads.isStopping());
  }

  /** Deletes the secrets of a token in transactions of at most {@value #BATCH} rows. */
  private void deleteSecretsOf(String tokenId) {
    while (database.write(session -> deleteSecretBatch(session, tokenId))
        && !DaemonThreads.isStopping()) {
      // The next batch follows.
    }
  }

  /**
   * Deletes the oldest secrets of a token, at most {@value #BATCH}. The numbers of a token's
   * secrets are unique, so a range of {@value #BATCH} numbers has at most that many secrets.
   *
   * @return true if more secrets may be left
   */
  private static boolean deleteSecretBatch(StatelessSession session, String tokenId) {
    Integer first =
        session
            .createNativeQuery(
                "select min(s.secret_number) from access_token_secrets s where s.token_id = :token",
                Integer.class)
            .setParameter("token", tokenId)
            .getSingleResult();
    if (first == null) {
      return false;
    }
    var unused =
        session
            .createNativeMutationQuery(
                "delete from access_token_secrets where token_id = :token"
                    + " and secret_number < :end")
            .setParameter("token", tokenId)
            .setParameter("end", first + BATCH)
            .executeUpdate();
    return true;
  }

  private static List<String> tokensWithSecrets(StatelessSession session, String after) {
    return session
        .createNativeQuery(
            "select distinct s.token_id from access_token_secrets s where s.token_id > :after"
                + " order by s.token_id limit :batch",
            String.class)
        .setParameter("after", after)
        .setParameter("batch", BATCH)
        .getResultList();
  }

  private static List<String> expired(
      StatelessSession session, TokenTable<?> table, List<String> ids, Instant before) {
    InList<String> list = InList.of(ids);
    String sql =
        "select t.id from "
            + table.name()
            + " t where t.id in "
            + list.marks()
            + " and t.expires_at < ?";
    return list.bind(session.createNativeQuery(sql, String.class))
        .setParameter(list.values().size() + 1, InstantConverter.column(before))
        .getResultList();
  }
}
