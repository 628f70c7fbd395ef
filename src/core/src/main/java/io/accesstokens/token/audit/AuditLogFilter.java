package io.accesstokens.token.audit;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Selects events of service tokens. An event must meet all conditions. An empty component sets no
 * condition.
 *
 * @param tokenId selects only events of this token
 * @param groups selects only events of tokens of these groups; an empty set matches no event
 * @param actor selects only events that exactly this user or token caused
 * @param type selects only events of this type
 * @param from selects only events at or after this instant
 * @param before selects only events before this instant
 */
public record AuditLogFilter(
    Optional<UUID> tokenId,
    Optional<Set<EntityRef>> groups,
    Optional<String> actor,
    Optional<AuditEvent.Type> type,
    Optional<Instant> from,
    Optional<Instant> before) {

  /** A filter that matches all events. */
  public static final AuditLogFilter NONE =
      new AuditLogFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public AuditLogFilter {
    groups = groups.map(Set::copyOf);
  }

  /** Returns this filter with one more condition: the event belongs to a token of these groups. */
  public AuditLogFilter within(Set<EntityRef> only) {
    Set<EntityRef> both = new HashSet<>(groups.orElse(only));
    both.retainAll(only);
    return new AuditLogFilter(tokenId, Optional.of(both), actor, type, from, before);
  }
}
