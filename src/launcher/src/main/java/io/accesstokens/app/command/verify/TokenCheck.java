package io.accesstokens.app.command.verify;

import io.accesstokens.log.LogEntry;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.store.log.LoggedToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.transparency.PendingEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of tokens with their audit events. Without this comparison, a person who can
 * write to the database could insert a token, or make a revoked token valid again. No event would
 * record this change. The caller must have compared the rows of the events with the log before.
 */
final class TokenCheck {

  /**
   * Maximum number of times that a token is read again. A running service can change the token
   * between the reads of its row and of its events.
   */
  private static final int ATTEMPTS = 3;

  private final JdbcLogStore log;
  private final Supplier<Instant> archive;
  private final Consumer<String> problems;
  private final LongConsumer progress;
  private long compared;

  /**
   * The time of the newest archived event. Events until this time can be absent. This time is read
   * again if a token contradicts its events, because another process can archive events during the
   * check.
   */
  private Instant archivedUntil = Instant.EPOCH;

  /**
   * Creates the check.
   *
   * @param archive returns the time of the newest archived event
   * @param problems receives each problem, as a sentence
   * @param progress receives the number of compared tokens after each page of tokens
   */
  TokenCheck(
      JdbcLogStore log,
      Supplier<Instant> archive,
      Consumer<String> problems,
      LongConsumer progress) {
    this.log = log;
    this.archive = archive;
    this.problems = problems;
    this.progress = progress;
  }

  /**
   * Compares each token with its audit events, and reports the differences.
   *
   * @return the number of tokens whose creation event is absent, but can be in an archive
   */
  long run() {
    return run(LogEntry.SERVICE) + run(LogEntry.PERSONAL);
  }

  private long run(String kind) {
    long incomplete = 0;
    String last = "";
    List<LoggedToken> page = log.tokensAfter(kind, last);
    while (!page.isEmpty()) {
      Map<String, LoggedToken> again = new HashMap<>();
      if (page.stream().anyMatch(token -> !differences(token).isEmpty())) {
        archivedUntil = archive.get();
        log.tokensAfter(kind, last).forEach(token -> again.put(token.id(), token));
      }
      for (LoggedToken token : page) {
        differences(kind, token, again.get(token.id())).forEach(problems);
        incomplete += isCreationArchived(token) ? 1 : 0;
      }
      compared += page.size();
      progress.accept(compared);
      last = page.get(page.size() - 1).id();
      page = log.tokensAfter(kind, last);
    }
    return incomplete;
  }

  /**
   * Returns the differences between a token and its events. If there are differences, reads the
   * token again, because a transaction can change the token between the read of its row and the
   * read of its events. If two successive reads are equal, no transaction has done so. Returns an
   * empty list if the token no longer exists.
   *
   * @param second the second read of the token; null if it was not read again
   */
  private List<String> differences(String kind, LoggedToken first, @Nullable LoggedToken second) {
    LoggedToken before = first;
    List<String> differences = differences(first);
    for (int i = 0; i < ATTEMPTS && !differences.isEmpty(); i++) {
      LoggedToken again = i == 0 && second != null ? second : read(kind, first.id());
      differences = again == null ? List.of() : differences(again);
      if (again == null || again.equals(before)) {
        break;
      }
      before = again;
    }
    return differences;
  }

  private @Nullable LoggedToken read(String kind, String id) {
    archivedUntil = archive.get();
    return log.token(kind, id).orElse(null);
  }

  private List<String> differences(LoggedToken token) {
    List<String> found = new ArrayList<>();
    PendingEvent created =
        first(token, AuditEvent.Type.CREATED, AuditEvent.Type.MINTED, AuditEvent.Type.IMPORTED);
    if (created == null && !isCreationArchived(token)) {
      found.add(name(token) + " was inserted: no event says that it was created");
    }
    // An import keeps the names of the other system.
    boolean imported = first(token, AuditEvent.Type.IMPORTED) != null;
    if (created != null
        && !imported
        && token.createdBy() != null
        && !token.createdBy().equals(created.actor())) {
      found.add(changed(token, "created_by", token.createdBy(), created.actor(), created));
    }
    addRevocation(token, imported, found);
    addValues(token, found);
    addSecrets(token, found);
    return found;
  }

  private boolean isCreationArchived(LoggedToken token) {
    return !token.createdAt().isAfter(archivedUntil)
        && first(token, AuditEvent.Type.CREATED, AuditEvent.Type.MINTED, AuditEvent.Type.IMPORTED)
            == null;
  }

  private void addRevocation(LoggedToken token, boolean imported, List<String> found) {
    PendingEvent revoked = first(token, AuditEvent.Type.REVOKED);
    Instant revokedAt = token.revokedAt();
    if (revoked != null && revokedAt == null) {
      found.add(
          name(token)
              + " was changed: it is not revoked any more, but "
              + revoked.actor()
              + " revoked it at "
              + revoked.occurredAt()
              + " (event "
              + revoked.id()
              + ")");
    } else if (revokedAt != null
        && revoked == null
        && !imported
        && revokedAt.isAfter(archivedUntil)) {
      found.add(name(token) + " was changed: it is revoked, but no event says so");
    } else if (revokedAt != null && revoked != null && !imported) {
      if (!revoked.actor().equals(token.revokedBy())) {
        found.add(changed(token, "revoked_by", token.revokedBy(), revoked.actor(), revoked));
      }
      String time = AuditEvent.text(revoked.occurredAt());
      if (!AuditEvent.text(revokedAt).equals(time)) {
        found.add(changed(token, "revoked_at", AuditEvent.text(revokedAt), time, revoked));
      }
    }
  }

  /**
   * Compares each field of a token with the new value in the latest event that changed the field.
   * Also compares the old value in each event with the new value in the previous event for the same
   * field. The value before the first change is not compared, because no earlier event contains it.
   */
  private static void addValues(LoggedToken token, List<String> found) {
    Map<String, PendingEvent> latest = new HashMap<>();
    for (PendingEvent event : token.events()) {
      for (String field : token.values().keySet()) {
        PendingEvent before = latest.get(field);
        String old = event.metadata().get(field + AuditEvent.OLD);
        if (before != null && old != null && !old.equals(value(before, field))) {
          found.add(
              name(token)
                  + " was changed before the event "
                  + event.id()
                  + ": "
                  + field
                  + " was '"
                  + old
                  + "', but the event "
                  + before.id()
                  + " says '"
                  + value(before, field)
                  + "'");
        }
        if (event.metadata().containsKey(field + AuditEvent.NEW)) {
          latest.put(field, event);
        }
      }
    }
    latest.forEach(
        (field, event) -> {
          String now = token.values().get(field);
          if (!Objects.equals(now, value(event, field))) {
            found.add(changed(token, field, now, String.valueOf(value(event, field)), event));
          }
        });
  }

  private static @Nullable String value(PendingEvent event, String field) {
    return event.metadata().get(field + AuditEvent.NEW);
  }

  /**
   * Compares the previous secrets of a token with its latest rotation, and with later changes of
   * its expiry.
   */
  private void addSecrets(LoggedToken token, List<String> found) {
    PendingEvent rotation = null;
    String end = "";
    for (PendingEvent event : token.events()) {
      String graceEnd = event.metadata().get(AuditEvent.PREVIOUS_EXPIRES_AT);
      String expiry = value(event, AuditEvent.EXPIRES_AT);
      if (graceEnd != null) {
        rotation = event;
        end = graceEnd;
      } else if (event.event().equals(AuditEvent.Type.PREVIOUS_SECRET_ENDED.text())) {
        rotation = null;
      } else if (expiry != null && expiry.compareTo(end) < 0) {
        end = expiry; // a previous secret does not end later than its token
      }
    }
    if (token.previousSecrets().size() > 1) {
      found.add(
          "access_token_secrets was changed: the token "
              + token.id()
              + " has several previous secrets that have not ended");
    }
    for (LoggedToken.Secret secret : token.previousSecrets()) {
      if (rotation == null) {
        if (secret.replacedAt().isAfter(archivedUntil)) {
          found.add(secretOf(token, secret) + ": no event says that it is valid");
        }
      } else if (!secret.tokenPrefix().equals(rotation.metadata().get(AuditEvent.PREVIOUS_PREFIX))
          || !AuditEvent.text(secret.expiresAt()).equals(end)) {
        found.add(
            secretOf(token, secret)
                + ": the rotation "
                + rotation.id()
                + " has another previous secret or another end");
      }
    }
  }

  private static @Nullable PendingEvent first(LoggedToken token, AuditEvent.Type... types) {
    for (PendingEvent event : token.events()) {
      for (AuditEvent.Type type : types) {
        if (event.event().equals(type.text())) {
          return event;
        }
      }
    }
    return null;
  }

  private static String changed(
      LoggedToken token, String column, @Nullable String now, String expected, PendingEvent event) {
    return name(token)
        + " was changed: "
        + column
        + " is '"
        + now
        + "', but the event "
        + event.id()
        + " says '"
        + expected
        + "'";
  }

  private static String secretOf(LoggedToken token, LoggedToken.Secret secret) {
    return "the previous secret "
        + secret.tokenPrefix()
        + " of the token "
        + token.id()
        + " was inserted or changed in access_token_secrets";
  }

  private static String name(LoggedToken token) {
    return "the row " + token.id() + " of " + token.table();
  }
}
