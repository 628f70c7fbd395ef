package io.accesstokens.app.command.verify;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.command.output.OutputOptions;
import io.accesstokens.app.command.output.VersionProvider;
import io.accesstokens.file.FileErrors;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.ExportVerifier;
import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.VerifierKey;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Verifies the transparency log of audit events. */
@Command(
    name = "verify-log",
    description = {
      "Verify the transparency log of audit events: its signature, all entries and hashes, its"
          + " consistency with an earlier checkpoint, and exports of the audit log."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the log, and each export, is correct",
      "1:something is wrong, the log cannot be read, or the settings are wrong",
      "2:the command line is malformed"
    })
public final class VerifyLogCommand implements Callable<Integer> {

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @ArgGroup(multiplicity = "1")
  SourceOptions source;

  @Mixin OutputOptions output = new OutputOptions();

  @Option(
      names = "--key",
      paramLabel = "VKEY",
      description = "A verifier key that you have kept elsewhere. Can be repeated.")
  List<String> keys = new ArrayList<>();

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "An earlier checkpoint that you have kept elsewhere. Can be repeated.")
  List<Path> checkpoints = new ArrayList<>();

  @Option(
      names = "--archive",
      paramLabel = "DIR",
      description =
          "The directory of an archive that archive-log has written. Verifies the archived entries,"
              + " too. Can be repeated.")
  List<Path> archives = new ArrayList<>();

  @ArgGroup(exclusive = false, multiplicity = "0..*")
  List<ExportOption> exports = new ArrayList<>();

  @Option(
      names = "--witness",
      paramLabel = "VKEY",
      description =
          "The verifier key of a witness that must have cosigned a checkpoint which the log"
              + " extends. Can be repeated.")
  List<String> witnesses = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() {
    ProgramLog.configure(() -> false);
    try (LogFiles files = source.open(spec)) {
      return verify(files);
    } catch (LogFormatException e) {
      throw new StartupException("the log cannot be verified: " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw new StartupException("the log cannot be read: " + e.getMessage());
    }
  }

  /**
   * Verifies a log, and prints the result. Verifies the log a second time if entries are absent
   * without a record of an archive, and the log has grown in the meantime. In this case, {@code
   * archive-log} can have removed the entries after the checkpoint was read.
   *
   * @return the exit code
   */
  int verify(LogFiles files) {
    Run run = run(files);
    if (run.verifier().hasUnrecordedAbsences()
        && sizeOf(files.checkpoint()) > run.verifier().checkpoint().size()) {
      run = run(files);
    }
    return print(run.verifier(), run.witnessCheck());
  }

  /** A verification of the whole log. */
  private record Run(LogVerifier verifier, WitnessCheck witnessCheck) {}

  private Run run(LogFiles files) {
    List<ExportOption.Claim> claims = exports.stream().map(export -> export.claim(spec)).toList();
    WitnessCheck witnessCheck = new WitnessCheck(witnessKeys(), files);
    LogVerifier verifier = new LogVerifier(files, files.checkpoint(), known(files));
    for (Path archive : archives) {
      if (!Files.isDirectory(archive)) {
        throw new StartupException(archive + " is not a directory");
      }
    }
    verifier.useArchives(DirectoryLog.ofArchives(archives));
    files.earlierArchive().ifPresent(verifier::acceptArchive);
    LateEntries late =
        new LateEntries(verifyCheckpoints(verifier), verifier::report, verifier::remark);
    witnessCheck.verify(verifier);
    List<ExportVerifier> opened = new ArrayList<>();
    try (Progress progress = new Progress(spec.commandLine().getErr())) {
      for (int i = 0; i < exports.size(); i++) {
        addExport(exports.get(i).file, claims.get(i), verifier, opened);
      }
      List<Consumer<LogEntry>> receivers = new ArrayList<>(List.of(late::add));
      opened.forEach(export -> receivers.add(export::add));
      verifyEntries(files, verifier, receivers, progress);
      late.end();
      for (ExportVerifier export : opened) {
        export.end();
        export.notices().forEach(verifier::remark);
      }
      for (int i = 0; i < exports.size(); i++) {
        requireArchive(verifier, exports.get(i).file, claims.get(i));
      }
    } finally {
      opened.forEach(ExportVerifier::close);
    }
    return new Run(verifier, witnessCheck);
  }

  private int print(LogVerifier verifier, WitnessCheck witnessCheck) {
    List<String> problems = verifier.problems();
    boolean independent = !keys.isEmpty() && !(checkpoints.isEmpty() && witnesses.isEmpty());
    output.print(
        spec.commandLine().getOut(),
        () -> lines(verifier, witnessCheck, problems, independent),
        () -> json(verifier, witnessCheck, problems, independent));
    return problems.isEmpty() ? 0 : 1;
  }

  /**
   * Verifies that the log extends the earlier checkpoints of the command line. Returns the size of
   * the smallest of these checkpoints; 0 if there is none.
   */
  private long verifyCheckpoints(LogVerifier verifier) {
    long smallest = Long.MAX_VALUE;
    for (Path checkpoint : checkpoints) {
      byte[] note = content(checkpoint);
      verifier.verifyExtends(note);
      smallest = Math.min(smallest, sizeOf(note));
    }
    return checkpoints.isEmpty() ? 0 : smallest;
  }

  private static long sizeOf(byte[] note) {
    try {
      return Checkpoint.parse(SignedNote.parse(note).text()).size();
    } catch (LogFormatException e) {
      return 0; // reported already
    }
  }

  private static void addExport(
      @Nullable Path file,
      ExportOption.Claim claim,
      LogVerifier verifier,
      List<ExportVerifier> opened) {
    Path path = Objects.requireNonNull(file, "--export is required in its group");
    try {
      opened.add(new ExportVerifier(path, claim, verifier::report));
    } catch (LogFormatException e) {
      verifier.report(path.getFileName() + ": " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw new StartupException(String.valueOf(e.getMessage()));
    }
  }

  /** Reports an export that can contain archived events, which were not verified. */
  private static void requireArchive(
      LogVerifier verifier, @Nullable Path file, ExportOption.Claim claim) {
    Optional<LogArchive> archive = verifier.archive();
    if (verifier.unverifiedEntries() > 0
        && archive.stream().noneMatch(latest -> claim.isAfter(latest.newest()))) {
      verifier.report(
          (file == null ? "" : file.getFileName() + ": ")
              + "the events until "
              + archive.map(latest -> latest.newest().toString()).orElse("an unknown time")
              + " were archived, so the export cannot be verified: give --archive, or a later start"
              + " (from) in --query");
    }
  }

  /**
   * Verifies the entries, and the rows of a database.
   *
   * @param receivers receive each entry
   */
  static void verifyEntries(
      LogFiles files, LogVerifier verifier, List<Consumer<LogEntry>> receivers, Progress progress) {
    LogFiles.EntryCheck check = files.rowCheck(verifier);
    long size = verifier.checkpoint().size();
    progress.begin("verifying the entries", size);
    verifier.verifyEntries(
        entry -> {
          if (!verifier.isAbsent(entry.logIndex())) {
            check.add(entry);
          }
          receivers.forEach(receiver -> receiver.accept(entry));
        },
        progress);
    if (check != LogFiles.EntryCheck.NONE) {
      progress.beginTokens("comparing the tokens with their events", size);
      check.end(size, progress);
    }
  }

  private List<VerifierKey> known(LogFiles files) {
    try {
      return (keys.isEmpty() ? files.keys() : keys).stream().map(VerifierKey::parse).toList();
    } catch (LogFormatException e) {
      if (keys.isEmpty()) {
        throw e;
      }
      throw new ParameterException(spec.commandLine(), "--key: " + e.getMessage(), e);
    }
  }

  private List<VerifierKey> witnessKeys() {
    try {
      return witnesses.stream().map(WitnessCheck::key).toList();
    } catch (LogFormatException e) {
      throw new ParameterException(spec.commandLine(), "--witness: " + e.getMessage(), e);
    }
  }

  private static byte[] content(Path file) {
    try {
      if (Files.size(file) > LogFiles.MAX_NOTE_BYTES) {
        throw new StartupException("the file " + file + " is not a checkpoint: it is too long");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StartupException("the file " + file + ' ' + FileErrors.reasonOf(e));
    }
  }

  private static List<String> lines(
      LogVerifier verifier, WitnessCheck witnesses, List<String> problems, boolean independent) {
    List<String> lines = new ArrayList<>(problems);
    lines.addAll(witnesses.lines());
    lines.add(
        (problems.isEmpty() ? "verified: " : "NOT PROVED: ")
            + verifier.checkpoint().origin()
            + " with "
            + verifier.checkpoint().size()
            + " entries, root "
            + verifier.checkpoint().root()
            + (verifier.unverifiedEntries() == 0
                ? ""
                : ", without the content of " + verifier.unverifiedEntries() + " absent entries"));
    verifier.notices().forEach(notice -> lines.add("note: " + notice));
    if (!independent) {
      lines.add(
          "Only self-consistency was proved: --key, and --checkpoint or --witness, from another"
              + " source were not both given.");
    }
    return lines;
  }

  private static JsonObject json(
      LogVerifier verifier, WitnessCheck witnesses, List<String> problems, boolean independent) {
    return Json.createObjectBuilder()
        .add("verified", problems.isEmpty())
        .add("independent", independent)
        .add("origin", verifier.checkpoint().origin())
        .add("size", verifier.checkpoint().size())
        .add("root", verifier.checkpoint().root().toString())
        .add("unverifiedEntries", verifier.unverifiedEntries())
        .add("cosignatures", Json.createArrayBuilder(witnesses.lines()))
        .add("problems", Json.createArrayBuilder(problems))
        .add("notices", Json.createArrayBuilder(verifier.notices()))
        .build();
  }
}
