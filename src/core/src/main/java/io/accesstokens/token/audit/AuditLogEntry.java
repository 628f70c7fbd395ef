package io.accesstokens.token.audit;

import io.accesstokens.verify.EntityRef;
import org.jspecify.annotations.Nullable;

/**
 * An event in the audit log of all service tokens or of all personal tokens, with facts about its
 * token. The last three components are null if the token no longer exists.
 *
 * @param event the event
 * @param number the number that the store assigned to the event, see {@link AuditLogPosition}
 * @param tokenName the name of the token, or null
 * @param tokenPrefix the first twelve characters of the raw token, or null
 * @param owner the group or the user that owns the token, or null
 */
public record AuditLogEntry(
    AuditEvent event,
    long number,
    @Nullable String tokenName,
    @Nullable String tokenPrefix,
    @Nullable EntityRef owner) {

  /** Returns the position of this entry in the audit log. */
  public AuditLogPosition position() {
    return new AuditLogPosition(event.occurredAt(), number);
  }
}
