package io.accesstokens.token.audit;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Selects audit events of service tokens. An event must meet all conditions. {@link
 * Optional#empty()} means that there is no condition.
 *
 * @param tokenId the token of the event
 * @param groups the groups whose tokens are included; a present but empty set matches no event
 * @param actor the user or token that caused the event; an exact match
 * @param type the type of the event
 * @param from the earliest instant of the event, inclusive
 * @param before the latest instant of the event, exclusive
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
