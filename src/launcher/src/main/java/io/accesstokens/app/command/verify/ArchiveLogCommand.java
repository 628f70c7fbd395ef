package io.accesstokens.app.command.verify;

import io.accesstokens.app.SigningKeySeal;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.input.SettingsOptions;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.command.output.OutputOptions;
import io.accesstokens.app.command.output.VersionProvider;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.stream.StreamTargetConfiguration;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.UnreadableKeyException;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.transparency.ForkedLogException;
import io.accesstokens.transparency.LogKeys;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Moves old audit events from the database to an archive. */
@Command(
    name = "archive-log",
    description = {
      "Move old audit events from the configured database to a directory, which verify-log can"
          + " verify.",
      "Verifies the log and the archive before it removes anything. The log records the archive."
          + " If the command was stopped, run it again with the same options."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the events were moved, or there are none to move",
      "1:something is wrong, the database cannot be reached, or the settings are wrong; remove the"
          + " cause, and run the command again with the same options",
      "2:the command line is malformed"
    })
public final class ArchiveLogCommand implements Callable<Integer> {

  private static final int MAX_OPERATOR = 255;

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

  @Mixin OutputOptions output = new OutputOptions();

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @ArgGroup(multiplicity = "1")
  Age age;

  /** The options for the age of the events to move. Exactly one of the options is set. */
  static final class Age {

    @Option(
        names = "--before",
        required = true,
        paramLabel = "DATE",
        description = "Move events before this day or instant in UTC, e.g. 2025-01-01.")
    @Nullable String before;

    @Option(
        names = "--older-than-days",
        required = true,
        paramLabel = "DAYS",
        description = "Move events that are older than this number of days.")
    @Nullable Integer days;
  }

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The directory of the archive. It must not exist, unless the command was stopped and is"
              + " run again. Required without --dry-run.")
  @Nullable Path out;

  @Option(names = "--dry-run", description = "Print what would be moved, and change nothing.")
  boolean dryRun;

  @Option(
      names = "--operator",
      paramLabel = "NAME",
      description = "The user in the record of the archive (default: the user of the system).")
  String operator = System.getProperty("user.name", "unknown");

  @Option(
      names = "--ignore-stream",
      paramLabel = "NAME",
      description =
          "A target of accessTokens.auditLog.stream that was removed from the settings. Events that"
              + " it has not accepted can be moved. Can be repeated.")
  List<String> ignored = List.of();

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Spec
  CommandSpec spec;

  private void checkOptions() {
    if (out == null && !dryRun) {
      throw new ParameterException(spec.commandLine(), "--out or --dry-run is required");
    }
    if (operator.isBlank()
        || operator.length() > MAX_OPERATOR
        || operator
            .chars()
            .anyMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))) {
      throw new ParameterException(
          spec.commandLine(), "--operator must be a name of 1 to " + MAX_OPERATOR + " characters");
    }
  }

  @Override
  public Integer call() {
    checkOptions();
    Instant now = Instant.now();
    Instant before = before(now);
    ProgramLog.configure(() -> false);
    Configuration configuration = settingsOptions.load();
    int days = configuration.settings().auditLog().minimumRetentionDays();
    if (before.isAfter(now.minus(days, ChronoUnit.DAYS))) {
      throw new StartupException(
          "accessTokens.auditLog.minimumRetentionDays is "
              + days
              + ": events that are younger cannot be moved");
    }
    SecureRandom random = new SecureRandom();
    try (DatabaseLog databaseLog = SourceOptions.openDatabase("archive-log", configuration);
        Progress progress = new Progress(spec.commandLine().getErr())) {
      KeySeal seal = SigningKeySeal.forCommand("archive-log", configuration, random);
      LogKeys keys = keys(databaseLog, seal, random);
      Archiver archiver =
          new Archiver(databaseLog, keys, published(configuration, keys), step -> {}, progress);
      return run(archiver, before, streams(databaseLog, configuration), progress);
    } catch (UnreadableKeyException e) {
      throw SigningKeySeal.unreadable(e);
    } catch (ForkedLogException e) {
      throw new StartupException(String.valueOf(e.getMessage()));
    } catch (LogFormatException e) {
      throw new StartupException("the log cannot be verified: " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw new StartupException(String.valueOf(e.getMessage()));
    }
  }

  private Instant before(Instant now) {
    Integer days = age.days;
    if (days != null && days > 0) {
      return now.minus(days, ChronoUnit.DAYS);
    }
    String text = String.valueOf(age.before);
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(),
          days == null
              ? "--before must be a day or an instant, e.g. 2025-01-01 or 2025-01-01T12:00:00Z"
              : "--older-than-days must be 1 or more",
          e);
    }
  }

  private static LogKeys keys(DatabaseLog databaseLog, KeySeal seal, SecureRandom random) {
    JdbcLogStore log = databaseLog.store().log();
    String origin = log.state().origin();
    if (origin == null) {
      throw new StartupException("the transparency log is empty: start the server first");
    }
    return LogKeys.open(log, seal, origin, Clock.systemUTC(), random);
  }

  /**
   * Returns the index of the next entry that each stream of the audit log sends, by the name of the
   * stream. Omits the streams that the operator ignores.
   */
  private Map<String, Long> streams(DatabaseLog databaseLog, Configuration configuration) {
    Map<String, Long> positions = new HashMap<>();
    for (StreamTargetConfiguration target : configuration.streams()) {
      if (target.fromBeginning()) {
        positions.put(target.name(), 0L); // the default, if the stream has no position
      }
    }
    positions.putAll(databaseLog.store().logStreams().positions());
    ignored.forEach(positions::remove);
    return positions;
  }

  /** Returns the largest checkpoint that was published to the directory; null if there is none. */
  private static @Nullable Checkpoint published(Configuration configuration, LogKeys keys) {
    try {
      return configuration.publication().largest(keys.verifiers()).orElse(null);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the directory of accessTokens.auditLog.publication cannot be read: " + e, e);
    }
  }

  private int run(Archiver archiver, Instant before, Map<String, Long> streams, Progress progress) {
    Archiver.Plan plan = archiver.plan(before, streams, out);
    LogArchive archive =
        dryRun || plan.isEmpty() || out == null ? null : archiver.move(plan, out, operator);
    progress.close(); // ends its line before the result
    output.print(
        spec.commandLine().getOut(), () -> lines(plan, archive), () -> json(plan, archive));
    return 0;
  }

  private List<String> lines(Archiver.Plan plan, @Nullable LogArchive archive) {
    if (plan.isEmpty()) {
      return List.of("No events are moved. " + plan.limit());
    }
    String range =
        "the entries "
            + plan.first()
            + " to "
            + (plan.end() - 1)
            + ", with events until "
            + plan.newest();
    if (archive != null) {
      return List.of(
          range + ", are in " + out + " and no longer in the database",
          "the entry " + archive.logIndex() + " of the log records the root " + archive.root(),
          "Keep the directory, and a copy of it, for as long as you must have the events.");
    }
    return plan.isRecorded()
        ? List.of(
            range
                + ", were archived, but not all of them were removed yet: run without"
                + " --dry-run, and with the directory of the archive as --out")
        : List.of(range + ", would be moved", "Later entries stay. " + plan.limit());
  }

  private JsonObject json(Archiver.Plan plan, @Nullable LogArchive archive) {
    JsonObjectBuilder json =
        Json.createObjectBuilder()
            .add("dryRun", dryRun)
            .add("first", plan.first())
            .add("end", plan.end());
    if (plan.isEmpty()) {
      json.addNull("newest");
    } else {
      json.add("newest", plan.newest().toString());
    }
    json.add("limit", plan.limit());
    return archive == null
        ? json.addNull("root").addNull("recordIndex").build()
        : json.add("root", archive.root().toString())
            .add("recordIndex", archive.logIndex())
            .build();
  }
}
