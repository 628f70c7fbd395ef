package io.accesstokens.transparency;

import io.accesstokens.log.LogEntry;
import io.accesstokens.token.audit.AuditEvent;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event that has no index in the log: a committed audit event as stored, or the record of an
 * archive. The texts are not checked, because a damaged row must not stop the log.
 *
 * @param kind {@link LogEntry#SERVICE}, {@link LogEntry#PERSONAL}, or {@link
 *     io.accesstokens.log.LogArchive#KIND} for the record of an archive
 * @param id the id of the event
 * @param tokenId the id of the token
 * @param event the type of the event
 * @param actor the user or token that caused the event
 * @param metadata further facts, by key
 * @param occurredAt the time of the event
 * @param owner the group or user of the token; null if the token no longer exists
 * @param number the number that the store assigned to the event
 */
public record PendingEvent(
    String kind,
    String id,
    String tokenId,
    String event,
    String actor,
    Map<String, String> metadata,
    Instant occurredAt,
    @Nullable String owner,
    long number) {

  public PendingEvent {
    metadata = Map.copyOf(metadata);
  }

  /**
   * Creates a pending event.
   *
   * @param kind {@link LogEntry#SERVICE} or {@link LogEntry#PERSONAL}
   */
  public static PendingEvent of(
      String kind, AuditEvent event, @Nullable String owner, long number) {
    return new PendingEvent(
        kind,
        event.id().toString(),
        event.tokenId().toString(),
        event.type().text(),
        event.actor(),
        event.metadata(),
        event.occurredAt(),
        owner,
        number);
  }

  /**
   * Returns events in the order of their numbers. Events that are appended to the log together have
   * this order in the log. The times do not determine the order, because the clocks of the
   * processes that wrote the events can differ.
   */
  public static List<PendingEvent> inOrder(Collection<PendingEvent> events) {
    return events.stream().sorted(Comparator.comparingLong(PendingEvent::number)).toList();
  }

  /**
   * Returns a copy with a new salt for the reason. The entry of the copy has only a hash of the
   * reason. Returns this event if it has no reason.
   */
  public PendingEvent withReasonSalt(SecureRandom random) {
    if (!metadata.containsKey(LogEntry.REASON)) {
      return this;
    }
    byte[] salt = new byte[LogEntry.SALT_BYTES];
    random.nextBytes(salt);
    Map<String, String> salted = new HashMap<>(metadata);
    salted.put(LogEntry.REASON_SALT, Base64.getEncoder().encodeToString(salt));
    return new PendingEvent(kind, id, tokenId, event, actor, salted, occurredAt, owner, number);
  }

  /** Returns true if this event has a reason and a salt for the hash of the reason. */
  public boolean hasReasonSalt() {
    return metadata.containsKey(LogEntry.REASON) && metadata.containsKey(LogEntry.REASON_SALT);
  }

  /** Returns the entry of this event at an index of the log. */
  public LogEntry entry(long index) {
    return new LogEntry(
        id,
        tokenId,
        kind,
        owner,
        event,
        actor,
        LogEntry.loggedMetadata(metadata),
        AuditEvent.text(occurredAt),
        index);
  }
}
