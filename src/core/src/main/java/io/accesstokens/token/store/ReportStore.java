package io.accesstokens.token.store;

import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.NeededScope;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenTotals;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads reports on all tokens of a {@link TokenStore}. Each method reads a consistent snapshot of
 * the store. Each method throws {@link StoreUnavailableException} if the store cannot be reached.
 */
public interface ReportStore {

  /**
   * Returns a page of the audit log, with the number of all matching events. The query selects one
   * kind of token.
   */
  AuditLogPage auditLog(AuditLogQuery query);

  /**
   * Returns the entries of a page of the audit log, without the number of matching events. This
   * method is faster than {@link #auditLog}, which also counts the events.
   */
  List<AuditLogEntry> entries(AuditLogQuery query);

  /**
   * Counts the events that match a filter, by event type. Ignores the filter's own condition on the
   * event type.
   *
   * @param types the event types to count
   */
  Map<AuditEvent.Type, BoundedCount> eventCounts(
      AuditLogFilter filter, Collection<AuditEvent.Type> types);

  /**
   * Counts service tokens by group and status, and counts unused tokens.
   *
   * @param groups the groups whose tokens are counted; {@link Optional#empty()} means all groups.
   *     If the set is present but empty, no tokens are counted.
   * @param now the instant for which statuses are computed
   * @param unusedSince an unrevoked, unexpired token counts as unused if its last use was before
   *     this instant
   * @param newSince a token that was never used counts as new if it was created at this instant or
   *     later
   */
  TokenCounts counts(
      Optional<Set<EntityRef>> groups, Instant now, Instant unusedSince, Instant newSince);

  /**
   * Counts the service tokens of each group, as {@link #counts} does. Groups without tokens are
   * absent. Call this method only in a background thread, because it can take minutes.
   */
  Map<EntityRef, TokenCounts> countsByGroup(Instant now, Instant unusedSince, Instant newSince);

  /**
   * Returns service tokens whose previous secret is valid. The token whose previous secret ends
   * first is the first element.
   *
   * @param groups the groups whose tokens are returned; {@link Optional#empty()} means all groups
   * @param limit the maximum number of tokens
   */
  List<ServiceToken> inGracePeriod(Optional<Set<EntityRef>> groups, Instant now, int limit);

  /**
   * Counts all service tokens and personal tokens by status.
   *
   * @param now the instant for which statuses are computed
   * @param atMost the number of tokens at which each count may stop, to limit its cost. Each status
   *     and each expiry period has its own count
   */
  TokenTotals totals(Instant now, int atMost);

  /**
   * Returns the daily uses of a token, oldest day first. Days without uses are omitted. Daily uses
   * are kept for {@link DailyUsage#KEPT_DAYS} days.
   *
   * @param from the first day to return, inclusive
   */
  List<DailyUsage> usesByDay(UUID tokenId, LocalDate from);

  /** Returns the uses of all service tokens on one UTC day, by group. Omits groups without uses. */
  Map<EntityRef, DailyUsage> usesByGroup(LocalDate day);

  /**
   * Returns the creators of unrevoked, unexpired service tokens, each with the number of these
   * tokens in each group. Call this method only in a background thread, because it can take
   * minutes.
   */
  Map<String, Map<EntityRef, Long>> creators(Instant now);

  /**
   * Returns the callers whose uses of a token were refused, by token.
   *
   * @param groups the groups whose tokens are included; {@link Optional#empty()} means all groups
   * @param since callers whose last use is before this instant are omitted
   * @param limit the maximum number of callers; callers with the latest uses are preferred
   */
  Map<UUID, List<TokenCaller>> refusedCallers(
      Optional<Set<EntityRef>> groups, Instant since, int limit);

  /**
   * Returns the callers of a token, in no defined order. The result has at most {@link
   * TokenCaller#MAX} accepted callers for each secret and {@link TokenCaller#MAX} refused callers.
   * A new caller replaces the least recently used caller with the same outcome. The result can
   * contain accepted callers of secrets that have ended. Callers are kept for {@link
   * TokenCaller#KEPT_DAYS} days after their last use.
   *
   * @param since callers whose last use is before this instant are omitted
   */
  List<TokenCaller> callers(UUID tokenId, Instant since);

  /**
   * Returns the scopes of a token that verifiers needed, in no defined order. Each scope has the
   * first and the last recorded time, which are not null. The result can contain scopes that the
   * token no longer has.
   */
  List<NeededScope> neededScopes(UUID tokenId);
}
