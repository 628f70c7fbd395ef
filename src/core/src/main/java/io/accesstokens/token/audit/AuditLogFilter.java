package io.accesstokens.token.audit;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Selects audit events of service tokens or of personal tokens. An event must meet all conditions.
 * {@link Optional#empty()} means that there is no condition.
 *
 * @param kind the kind of the tokens
 * @param id the id of the event
 * @param tokenId the token of the event
 * @param owners the groups or users whose tokens are included; a present but empty set matches no
 *     event
 * @param actor the user or token that caused the event; an exact match
 * @param type the type of the event
 * @param from the earliest instant of the event, inclusive
 * @param before the latest instant of the event, exclusive
 */
public record AuditLogFilter(
    Kind kind,
    Optional<UUID> id,
    Optional<UUID> tokenId,
    Optional<Set<EntityRef>> owners,
    Optional<String> actor,
    Optional<AuditEvent.Type> type,
    Optional<Instant> from,
    Optional<Instant> before) {

  /** A filter that matches all events of service tokens. */
  public static final AuditLogFilter NONE =
      new AuditLogFilter(
          Kind.SERVICE,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public AuditLogFilter {
    owners = owners.map(Set::copyOf);
  }

  /** A kind of tokens. Each kind has an audit log of its own. */
  public enum Kind {
    /** Service tokens, which belong to groups. */
    SERVICE,
    /** Personal tokens, which belong to users. */
    PERSONAL
  }

  /** Returns this filter with one more condition: the event belongs to a token of these owners. */
  public AuditLogFilter within(Set<EntityRef> only) {
    Set<EntityRef> both = new HashSet<>(owners.orElse(only));
    both.retainAll(only);
    return new AuditLogFilter(kind, id, tokenId, Optional.of(both), actor, type, from, before);
  }

  /** Returns a copy of this filter that selects only events of a type. */
  public AuditLogFilter ofType(AuditEvent.Type only) {
    return new AuditLogFilter(kind, id, tokenId, owners, actor, Optional.of(only), from, before);
  }
}
