package io.accesstokens.token.store;

import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenCounts;
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
 * Reads reports on all service tokens of a {@link TokenStore}. Each method reads a consistent
 * snapshot of the store. It throws {@link StoreUnavailableException} if the store cannot be
 * reached.
 */
public interface ReportStore {

  /** Returns a page of the audit log, with the number of matching events. */
  AuditLogPage auditLog(AuditLogQuery query);

  /** Returns the entries of a page without the count, for callers that read many pages. */
  List<AuditLogEntry> entries(AuditLogQuery query);

  /**
   * Counts tokens.
   *
   * @param groups only tokens of these groups; an empty set matches nothing
   * @param now the instant for which statuses are computed
   * @param unusedSince a live token counts as unused if its last use was before this instant
   */
  TokenCounts counts(Optional<Set<EntityRef>> groups, Instant now, Instant unusedSince);

  /**
   * Returns the days on which a token was used, the oldest first, as far as they are kept.
   *
   * @param from the first day, inclusive
   */
  List<DailyUsage> usesByDay(UUID tokenId, LocalDate from);
}
