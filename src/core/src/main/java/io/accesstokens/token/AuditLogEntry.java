package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import org.jspecify.annotations.Nullable;

/**
 * An event in the audit trail of all service tokens, with what the token is called. Of a token that
 * is not there any more, that is not known.
 *
 * @param event what happened
 * @param number the store's number of the event, see {@link AuditLogPosition}
 * @param tokenName the token's name, or null
 * @param tokenPrefix the first characters of its raw token, or null
 * @param group the group that owns it, or null
 */
public record AuditLogEntry(
    AuditEvent event,
    long number,
    @Nullable String tokenName,
    @Nullable String tokenPrefix,
    @Nullable EntityRef group) {

  /** Where it stands. */
  public AuditLogPosition position() {
    return new AuditLogPosition(event.occurredAt(), number);
  }
}
