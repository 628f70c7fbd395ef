package io.accesstokens.app.command.verify;

import io.accesstokens.http.input.AuditLogParameters;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.log.LogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** An export of the audit log, and the query with which it was requested. */
final class ExportOption {

  @Option(
      names = "--export",
      required = true,
      paramLabel = "FILE",
      description =
          "An exported audit log, as CSV or NDJSON. Can be repeated. The export must contain all"
              + " events of service tokens, unless --kind or --query follows.")
  @Nullable Path file;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "The kind of the tokens: service or personal (default: service).")
  AuditLogFilter.Kind kind = AuditLogFilter.Kind.SERVICE;

  @Option(
      names = "--query",
      paramLabel = "QUERY",
      description =
          "The query with which the export was requested, e.g."
              + " 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z'. The export must contain"
              + " exactly the events that match.")
  @Nullable String query;

  /**
   * Returns the events that the export must contain.
   *
   * @throws ParameterException if the query is not valid
   */
  Claim claim(CommandSpec spec) {
    try {
      QueryParameters parameters = QueryParameters.of(new URI(query == null ? "" : "?" + query));
      AuditLogFilter filter = AuditLogParameters.filter(parameters, kind);
      parameters.check();
      return new Claim(filter);
    } catch (URISyntaxException e) {
      throw new ParameterException(spec.commandLine(), "--query must be the query of a URL", e);
    } catch (MalformedRequestException e) {
      throw new ParameterException(
          spec.commandLine(),
          e.violations().stream()
              .map(violation -> "--query: " + violation.field() + ' ' + violation.message())
              .collect(Collectors.joining(System.lineSeparator())),
          e);
    }
  }

  /** The events that an export must contain. */
  record Claim(AuditLogFilter filter) implements Predicate<LogEntry> {

    @Override
    public boolean test(LogEntry entry) {
      return matches(filter, entry);
    }

    /**
     * Returns true if the filter has a start ({@code from}) after the given time. All events that
     * the export must contain are then later than this time.
     */
    boolean isAfter(Instant time) {
      return filter.from().stream().anyMatch(time::isBefore);
    }
  }

  private static boolean matches(AuditLogFilter filter, LogEntry entry) {
    return entry.kind().equals(nameOf(filter.kind()))
        && filter.id().stream().allMatch(id -> id.toString().equals(entry.id()))
        && filter.tokenId().stream().allMatch(id -> id.toString().equals(entry.tokenId()))
        && filter.owners().stream()
            .allMatch(owners -> owners.stream().anyMatch(it -> it.toString().equals(entry.owner())))
        && filter.actor().stream().allMatch(entry.actor()::equals)
        && filter.type().stream().allMatch(type -> type.text().equals(entry.event()))
        && isWithin(filter, entry);
  }

  private static String nameOf(AuditLogFilter.Kind kind) {
    return switch (kind) {
      case SERVICE -> LogEntry.SERVICE;
      case PERSONAL -> LogEntry.PERSONAL;
    };
  }

  private static boolean isWithin(AuditLogFilter filter, LogEntry entry) {
    try {
      Instant time = Instant.parse(entry.occurredAt());
      return filter.from().stream().noneMatch(time::isBefore)
          && filter.before().stream().allMatch(time::isBefore);
    } catch (DateTimeParseException e) {
      return true; // a row that was damaged before it was logged
    }
  }
}
