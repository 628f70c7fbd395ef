package io.accesstokens.token.store;

import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenTotals;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads reports on all tokens of a {@link TokenStore}. Each method reads a consistent snapshot of
 * the store. Each method throws {@link StoreUnavailableException} if the store cannot be reached.
 */
public interface ReportStore {

  /** Returns a page of the audit log of all service tokens, with the number of matching events. */
  AuditLogPage auditLog(AuditLogQuery query);

  /**
   * Returns the entries of a page of the audit log, without the number of matching events. This
   * method is faster for callers that read many pages.
   */
  List<AuditLogEntry> entries(AuditLogQuery query);

  /**
   * Counts service tokens by group and status, and counts unused tokens.
   *
   * @param groups the groups whose tokens are counted; {@link Optional#empty()} means all groups.
   *     If the set is present but empty, no tokens are counted.
   * @param now the instant for which statuses are computed
   * @param unusedSince an unrevoked, unexpired token counts as unused if its last use was before
   *     this instant
   */
  TokenCounts counts(Optional<Set<EntityRef>> groups, Instant now, Instant unusedSince);

  /**
   * Counts all service tokens and personal tokens by status.
   *
   * @param now the instant for which statuses are computed
   * @param atMost a store may stop counting a status or period at this number of tokens, so that
   *     the cost is bounded
   */
  TokenTotals totals(Instant now, int atMost);

  /**
   * Returns the daily uses of a token, oldest day first. Days without uses are omitted. Daily uses
   * are kept for {@link DailyUsage#KEPT_DAYS} days.
   *
   * @param from the first day to return, inclusive
   */
  List<DailyUsage> usesByDay(UUID tokenId, LocalDate from);
}
