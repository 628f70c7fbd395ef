package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a {@link TokenStore} tells of all service tokens together. Each method reads a state of the
 * store that was true at one moment, and throws {@link StoreUnavailableException} when it is out of
 * reach.
 */
public interface ReportStore {

  /** A part of the audit trail, and how many events match. */
  AuditLogPage trail(AuditLogQuery query);

  /** The same without counting, for somebody who reads on and on. */
  List<AuditLogEntry> entries(AuditLogQuery query);

  /**
   * Counts tokens.
   *
   * @param groups only tokens of these groups; an empty set has none
   * @param now the instant at which statuses are decided
   * @param unusedSince a live token counts as unused that was used, but not since then
   */
  TokenCounts counts(Optional<Set<EntityRef>> groups, Instant now, Instant unusedSince);

  /**
   * The days on which a token was used, the oldest first, as far as they are kept.
   *
   * @param from no day before that one
   */
  List<DailyUsage> usesByDay(UUID tokenId, LocalDate from);
}
