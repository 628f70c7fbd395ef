package io.accesstokens.backstage;

import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts rows of the plugin's audit log to audit events. */
final class EventReader {

  /** The actor of an event whose {@code actor} column is null. */
  private static final String UNKNOWN = "unknown";

  /** The types of the events that the plugin writes. */
  private static final Set<AuditEvent.Type> TYPES =
      Set.of(AuditEvent.Type.CREATED, AuditEvent.Type.REVOKED);

  /**
   * Maximum time by which the clock of the plugin can be ahead. The command {@code verify-log}
   * reports an entry that is more than ten minutes before an earlier entry. The other half of these
   * ten minutes is for the clocks of the replicas, which can be behind the clock of the import.
   */
  private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  private final Instant latest;
  private final Set<UUID> ids = new HashSet<>();

  EventReader(Instant now) {
    this.latest = now.plus(MAX_AHEAD);
  }

  /**
   * The events of a token.
   *
   * @param good the readable events, oldest first
   * @param refused one line for each event that is unreadable, is in the future, or repeats the id
   *     of another event
   * @param revoked true if any row is a revocation, even if its other columns are unreadable
   */
  record Events(List<AuditEvent> good, List<String> refused, boolean revoked) {}

  Events read(UUID tokenId, List<SourceToken.Event> rows) {
    List<AuditEvent> good = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    boolean revoked = false;
    for (SourceToken.Event row : rows) {
      String label = "audit event " + PrintableText.text(row.id());
      read(tokenId, row)
          .ifPresentOrElse(
              event -> {
                if (event.occurredAt().isAfter(latest)) {
                  refused.add(label + " is in the future (" + event.occurredAt() + ")");
                } else {
                  good.add(event);
                }
              },
              () -> refused.add(label + " cannot be read"));
      revoked |= AuditEvent.Type.REVOKED.text().equals(row.event());
    }
    good.sort(Comparator.comparing(AuditEvent::occurredAt).thenComparing(AuditEvent::type));
    return new Events(good, refused, revoked);
  }

  private Optional<AuditEvent> read(UUID tokenId, SourceToken.Event row) {
    Optional<UUID> id = SourceText.uuid(orEmpty(row.id()));
    Optional<AuditEvent.Type> type = type(orEmpty(row.event()));
    String actor = row.actor() == null ? UNKNOWN : row.actor();
    Optional<Map<String, String>> metadata =
        SourceText.map(row.metadata() == null ? "{}" : row.metadata());
    Optional<Instant> occurredAt = SourceInstants.read(orEmpty(row.occurredAt()));
    boolean readable =
        id.isPresent()
            && type.isPresent()
            && SourceText.isName(actor)
            && metadata.isPresent()
            && occurredAt.isPresent();
    if (!readable || !ids.add(id.get())) {
      return Optional.empty();
    }
    return Optional.of(
        new AuditEvent(
            id.get(),
            tokenId,
            type.get(),
            SourceText.user(actor).map(EntityRef::toString).orElse(actor.strip()),
            metadata.get(),
            occurredAt.get()));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Optional<AuditEvent.Type> type(String text) {
    return TYPES.stream().filter(type -> type.text().equals(text)).findFirst();
  }
}
