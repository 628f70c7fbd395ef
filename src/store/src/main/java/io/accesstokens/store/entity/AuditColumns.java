package io.accesstokens.store.entity;

import io.accesstokens.token.audit.AuditEvent;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The columns that the audit logs of service tokens and of personal tokens share. */
@MappedSuperclass
// Hibernate sets the fields; see AccessTokenEntity.
@SuppressWarnings("NullAway.Init")
public abstract class AuditColumns {

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "token_id")
  private String tokenId;

  @Column(name = "event")
  private String event;

  @Column(name = "actor")
  private String actor;

  @Column(name = "metadata")
  private String metadata;

  @Column(name = "occurred_at")
  @Convert(converter = InstantConverter.class)
  private Instant occurredAt;

  /**
   * Number of the event in the order of insertion. The database assigns this number when it inserts
   * the row.
   */
  @Column(name = "seq", insertable = false)
  private long seq;

  /** The index in the transparency log; null until the event is in the log. */
  @Column(name = "log_index", insertable = false)
  private @Nullable Long logIndex;

  AuditColumns() {}

  AuditColumns(AuditEvent recorded) {
    id = recorded.id().toString();
    tokenId = recorded.tokenId().toString();
    event = recorded.type().text();
    actor = recorded.actor();
    metadata = JsonText.ofMap(recorded.metadata());
    occurredAt = recorded.occurredAt();
  }

  /**
   * Returns the number of the event in the order of insertion. The database assigns this number.
   */
  public long number() {
    return seq;
  }

  public AuditEvent event() {
    return new AuditEvent(
        UUID.fromString(id),
        UUID.fromString(tokenId),
        type(event),
        actor,
        JsonText.map(metadata),
        occurredAt,
        logIndex);
  }

  private static AuditEvent.Type type(String text) {
    return Arrays.stream(AuditEvent.Type.values())
        .filter(type -> type.text().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the audit log holds an unknown event"));
  }
}
