package io.accesstokens.store.entity;

import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.EntityRef;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A row of {@code service_access_token_audit_log}. */
@Entity(name = "AuditEntity")
@Table(name = AuditEntity.TABLE)
public class AuditEntity extends AuditColumns {

  public static final String TABLE = "service_access_token_audit_log";

  /**
   * The group of the token. An index on this column finds the audit log of a group. Null if the
   * token does not exist, or if an older version wrote the row and maintenance has not added the
   * group yet.
   */
  @Column(name = "group_entity_ref")
  private @Nullable String group;

  public AuditEntity() {}

  /**
   * Creates a row for an event.
   *
   * @param recorded the event
   * @param group the group of the token, which never changes; null if the token does not exist
   */
  public AuditEntity(AuditEvent recorded, @Nullable EntityRef group) {
    super(recorded);
    this.group = group == null ? null : group.toString();
  }
}
