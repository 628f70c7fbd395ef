package io.accesstokens.token;

import java.util.List;

/**
 * A page of audit events of one token.
 *
 * @param events the events, newest first
 * @param total the number of all events of the token
 */
public record AuditPage(List<AuditEvent> events, BoundedCount total) {

  public AuditPage {
    events = List.copyOf(events);
  }
}
