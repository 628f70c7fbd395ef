package io.accesstokens.token.store;

import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.verify.PresentedSecret;
import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Stores service tokens and their audit events. A store owns its transactions: each method is one
 * transaction, except {@link #maintain(Instant)} and {@link #deleteCallers}.
 *
 * <p>Each method throws {@link StoreUnavailableException} if the store cannot be reached, or if the
 * outcome of a write is unknown.
 */
public interface TokenStore extends AccessTokenStore<ServiceToken>, AutoCloseable {

  /**
   * Adds a token together with its first audit event, in one transaction.
   *
   * @throws NameTakenException if an unrevoked token of the group has that name
   */
  void create(ServiceToken token, TokenDigest digest, AuditEvent created);

  /**
   * Adds a token together with its first audit event, unless the group has the maximum number of
   * live tokens. A token is live if it is neither revoked nor expired at the creation of the new
   * token. The limit also applies to concurrent calls.
   *
   * @param maxLive the maximum number of live tokens including the new token, at least 1
   * @throws NameTakenException if an unrevoked token of the group has that name
   * @throws LimitReachedException if the group already has {@code maxLive} live tokens
   */
  void create(ServiceToken token, TokenDigest digest, AuditEvent created, int maxLive);

  /**
   * Returns a page of tokens, in the order of the query.
   *
   * @param now the instant for which statuses are computed
   */
  TokenPage list(TokenQuery query, Instant now);

  /** Returns the tokens with these ids, by id. Unknown ids are omitted. */
  default Map<UUID, ServiceToken> find(Set<UUID> ids) {
    Map<UUID, ServiceToken> found = new HashMap<>();
    ids.forEach(id -> find(id).ifPresent(token -> found.put(id, token)));
    return found;
  }

  /**
   * Revokes several tokens in one transaction. Changes only tokens that exist and are not revoked
   * yet. If the transaction fails, no token is revoked.
   *
   * @param ids the ids of the tokens; at most {@link RevocationRequest#MAX} ids
   * @param revoked creates the audit events of the tokens that this call revokes, by token id. All
   *     events have the same actor and instant, which are also stored in the tokens. No other call
   *     changes these tokens between the call of {@code revoked} and the commit. Called again after
   *     a conflict with another transaction. Not called if this call revokes no token.
   * @return the outcome for each token, by token id
   */
  StoredChange<Map<UUID, Revocation>> revokeAll(
      Set<UUID> ids, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked);

  /**
   * Changes a token, appends the audit event and writes the change to the change feed, all in one
   * transaction. No other call changes the token between the call of {@code work} and the commit.
   * The usage of the token does not change.
   *
   * @param work computes the update from the stored token; called again after a conflict with
   *     another transaction. If {@code work} throws an exception, nothing is changed, and this
   *     method throws the exception. {@code work} must not call the store.
   * @return the update that {@code work} returned last; empty if no token has that id
   */
  StoredChange<Optional<TokenUpdate>> update(UUID id, Function<ServiceToken, TokenUpdate> work);

  /**
   * Returns the time until no other process can use data from before a change. The calling thread
   * must have committed the change just before this call. Returns zero if no other process caches
   * data of this store.
   */
  default Duration untilFinal() {
    return Duration.ZERO;
  }

  /**
   * Reads the current lease durations from the store. To wait for a change that another process
   * committed, call this method first, and then {@link #untilFinal}. If the database is replicated
   * synchronously, a standby has the change when this method returns.
   *
   * @throws StoreUnavailableException if the store cannot be read, or does not confirm the change
   */
  default void refreshUntilFinal() {}

  /**
   * Adds uses to the stored counts of service tokens and personal tokens, and of their secrets, in
   * one transaction. The stored counts are the sums of the uses from all replicas. {@link
   * io.accesstokens.token.UsageCount#isLast} decides if a use replaces the stored last use. Unknown
   * ids are ignored.
   *
   * <p>The first use of an ended secret on each UTC day is written to the audit log ({@link
   * AuditEvent.Type#ENDED_SECRET_USED}).
   *
   * <p>The callers of service tokens are added to {@link ReportStore#callers}. The number of the
   * secret comes from the key in {@code uses}. The secret numbers of the callers are ignored.
   *
   * <p>The needed scopes of service tokens are added to {@link ReportStore#neededScopes}. A {@link
   * TokenUsage} can have needed scopes without any use. The use can then be in another call of this
   * method.
   *
   * @param uses the uses by secret, for at most about 100 secrets to keep the transaction short.
   *     All uses of a secret must be on the same UTC day, the day of its last use. Uses with the
   *     number {@link PresentedSecret.SecretId#UNKNOWN} count only for the token. Their callers are
   *     added to the current secret.
   * @return the audit events that were written
   */
  List<AuditEvent> recordUses(Map<PresentedSecret.SecretId, TokenUsage> uses);

  /**
   * Returns the store of personal tokens, which is closed together with this store. Returns empty
   * if this store does not support personal tokens.
   */
  default Optional<PersonalTokenStore> personal() {
    return Optional.empty();
  }

  /** Deletes the records of the callers of all tokens. After a failure, some records can remain. */
  void deleteCallers();

  /** Returns the store of the reports on all tokens in this store. */
  ReportStore reports();

  /**
   * Updates data that the store derives from the current time. Without these updates, lists become
   * slow. Writes an audit event when the grace period of a previous secret is over, and deletes
   * expired data. The verdicts on tokens never depend on these updates. Many replicas can call this
   * method concurrently.
   *
   * @param now the current instant
   * @return the audit events that were written
   */
  List<AuditEvent> maintain(Instant now);

  /**
   * Does the same work as {@link #maintain(Instant)}, and passes each audit event to a consumer. An
   * implementation should pass an event immediately after the commit of the event, because later
   * work can fail. The default implementation passes all events at the end.
   *
   * @param now the current instant
   * @param written receives the audit events that were written
   */
  default void maintain(Instant now, Consumer<AuditEvent> written) {
    maintain(now).forEach(written);
  }

  /** Checks that the store can be reached. Throws {@link StoreUnavailableException} otherwise. */
  void ping();

  @Override
  void close();
}
