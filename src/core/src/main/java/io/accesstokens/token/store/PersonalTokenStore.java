package io.accesstokens.token.store;

import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.query.TokenUser;
import io.accesstokens.token.query.TokenUserQuery;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Stores personal tokens. This store is part of a {@link TokenStore}. Both stores give the same
 * guarantees, write to the same change feed and are closed together.
 */
public interface PersonalTokenStore extends AccessTokenStore<PersonalToken> {

  /**
   * Time for which {@link #revokeAll} still includes a token after its expiry or revocation. The
   * clocks of processes differ, and the caller of another revocation may not have evicted the token
   * from the cache yet.
   */
  Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

  /**
   * Adds a token together with its first audit event, in one transaction.
   *
   * @param maxLive the maximum number of live tokens of the user, including the new token. A token
   *     is live if it is neither revoked nor expired at the creation of the new token. The limit
   *     also applies to concurrent calls.
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user already has {@code maxLive} live tokens
   */
  void create(PersonalToken token, TokenDigest digest, AuditEvent minted, int maxLive);

  /**
   * Checks in advance whether {@link #create} would succeed at the instant {@code now}. A later
   * call of {@code create} can still fail.
   *
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has {@code maxLive} tokens that are neither revoked
   *     nor expired at {@code now}
   */
  void requireCreatable(EntityRef owner, String name, Instant now, int maxLive);

  /**
   * Returns a page of a user's tokens, newest token first. Tokens with the same creation instant
   * are in descending order of their ids.
   *
   * @param now the instant for which statuses are computed
   */
  Page<PersonalToken> list(PersonalTokenQuery query, Instant now);

  /**
   * Returns users with live tokens, in the order of their refs. A user without live tokens is
   * omitted.
   *
   * @param now a token counts as live if it is live at this instant
   */
  List<TokenUser> users(TokenUserQuery query, Instant now);

  /**
   * Returns the number of users with live tokens whom {@link #users} finds for a query. Ignores
   * {@code limit} and {@code after} of the query.
   */
  BoundedCount countUsers(TokenUserQuery query, Instant now);

  /**
   * Revokes the live tokens of a user, at most {@link RevocationRequest#MAX} tokens. Also appends
   * the audit events and writes the changes to the change feed, all in one transaction. The
   * transaction waits for running calls of {@link #create} for the same user, and also revokes the
   * tokens that these calls create.
   *
   * <p>Tokens that expired in the last {@link #CLOCK_TOLERANCE} are revoked too, because the clocks
   * of processes differ.
   *
   * @param now the current instant, from which the tolerance is subtracted
   * @param revoked creates the audit events of the tokens that this call revokes, see {@link
   *     TokenStore#revokeAll}
   * @return the outcome for each token that was not revoked when the transaction began, by token
   *     id. If there are {@link RevocationRequest#MAX} outcomes, more tokens can be left. The
   *     digests also include those of the user's tokens that other calls revoked in the last {@link
   *     #CLOCK_TOLERANCE}. Those calls may not have evicted the tokens from the cache yet.
   */
  StoredChange<Map<UUID, Revocation>> revokeAll(
      EntityRef owner, Instant now, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked);

  /**
   * Appends an audit event of a token that is not revoked. The token does not change. A concurrent
   * revocation comes either before or after this call. The audit log has the same order.
   *
   * @return false if the token is revoked or does not exist; nothing is appended then
   */
  boolean append(AuditEvent event);
}
