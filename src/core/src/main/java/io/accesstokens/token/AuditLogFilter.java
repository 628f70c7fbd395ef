package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which events of service tokens are meant. All of it is ANDed.
 *
 * @param tokenId only events of this token
 * @param groups only events of these groups' tokens; an empty set matches nothing
 * @param actor only what exactly this user or token did
 * @param type only events of this type
 * @param from only events of that instant and later
 * @param before only events from before that instant
 */
public record AuditLogFilter(
    Optional<UUID> tokenId,
    Optional<Set<EntityRef>> groups,
    Optional<String> actor,
    Optional<AuditEvent.Type> type,
    Optional<Instant> from,
    Optional<Instant> before) {

  /** All events. */
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

  /** The same within these groups: what both name. */
  AuditLogFilter within(Set<EntityRef> only) {
    Set<EntityRef> both = new HashSet<>(groups.orElse(only));
    both.retainAll(only);
    return new AuditLogFilter(tokenId, Optional.of(both), actor, type, from, before);
  }
}
