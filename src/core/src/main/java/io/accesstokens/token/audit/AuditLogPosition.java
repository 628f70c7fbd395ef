package io.accesstokens.token.audit;

import java.time.Instant;

/**
 * The position of an event in the audit log of all tokens of a kind.
 *
 * @param occurredAt the time of the event, as stored
 * @param number the number that the store assigned to the event; determines the order of events
 *     with the same time
 */
public record AuditLogPosition(Instant occurredAt, long number) {}
