package io.accesstokens.store.hibernate;

import io.accesstokens.token.AuditEvent;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of {@code service_access_token_audit_log}. */
@Entity(name = "AuditRow")
@Table(name = AuditRow.TABLE)
class AuditRow extends AuditColumns {

  static final String TABLE = "service_access_token_audit_log";

  AuditRow() {}

  AuditRow(AuditEvent recorded) {
    super(recorded);
  }
}
