package io.accesstokens.token;

import java.time.Instant;

/**
 * A place in the audit trail of all service tokens: that of an event.
 *
 * @param occurredAt when it happened, as stored
 * @param number the store's number of the event, which grows as events are written
 */
public record AuditLogPosition(Instant occurredAt, long number) {}
