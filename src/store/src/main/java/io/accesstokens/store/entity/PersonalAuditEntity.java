package io.accesstokens.store.entity;

import io.accesstokens.token.audit.AuditEvent;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of {@code personal_access_token_audit_log}. */
@Entity(name = "PersonalAuditEntity")
@Table(name = PersonalAuditEntity.TABLE)
public class PersonalAuditEntity extends AuditColumns {

  public static final String TABLE = "personal_access_token_audit_log";

  public PersonalAuditEntity() {}

  public PersonalAuditEntity(AuditEvent recorded) {
    super(recorded);
  }
}
