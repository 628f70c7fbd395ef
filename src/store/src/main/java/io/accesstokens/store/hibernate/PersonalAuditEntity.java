package io.accesstokens.store.hibernate;

import io.accesstokens.token.AuditEvent;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of {@code personal_access_token_audit_log}. */
@Entity(name = "PersonalAuditEntity")
@Table(name = PersonalAuditEntity.TABLE)
class PersonalAuditEntity extends AuditColumns {

  static final String TABLE = "personal_access_token_audit_log";

  PersonalAuditEntity() {}

  PersonalAuditEntity(AuditEvent recorded) {
    super(recorded);
  }
}
