package io.accesstokens.store.log;

import io.accesstokens.log.LogEntry;
import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.transparency.PendingEvent;
import org.jspecify.annotations.Nullable;

/**
 * A row of an audit log with its index in the transparency log.
 *
 * @param event the columns of the row
 * @param logIndex the index; null if the row has none
 * @param tokenOwner the group or user in the row of the token; null if there is no such row
 */
public record LoggedRow(PendingEvent event, @Nullable Long logIndex, @Nullable String tokenOwner) {

  public String id() {
    return event.id();
  }

  /** Returns the kind of the token: {@link LogEntry#SERVICE} or {@link LogEntry#PERSONAL}. */
  public String kind() {
    return event.kind();
  }

  /** Returns the name of the table that contains this row. */
  public String table() {
    return kind().equals(LogEntry.SERVICE) ? AuditEntity.TABLE : PersonalAuditEntity.TABLE;
  }
}
