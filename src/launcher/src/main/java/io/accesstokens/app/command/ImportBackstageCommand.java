package io.accesstokens.app.command;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.ConfiguredDatabase;
import io.accesstokens.app.ConfiguredDirectory;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.input.SettingsOptions;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.command.output.OutputOptions;
import io.accesstokens.app.command.output.VersionProvider;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.source.LocaleCheck;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.backstage.BackstageImport;
import io.accesstokens.backstage.ImportSummary;
import io.accesstokens.backstage.SourceContent;
import io.accesstokens.backstage.SourceDatabase;
import io.accesstokens.backstage.SourceLogin;
import io.accesstokens.backstage.SourceRefusedException;
import io.accesstokens.backstage.SourceUrl;
import io.accesstokens.file.FileErrors;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.TokenImport;
import io.accesstokens.store.hibernate.TokenImport.Item;
import io.accesstokens.store.hibernate.TokenImport.Result;
import io.accesstokens.store.schema.TokenTables;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.revocation.RevocationBarrier;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Imports the service tokens of the Backstage plugin into the configured database. */
@Command(
    name = "import-backstage",
    description = {
      "Import the service tokens of the Backstage plugin, with their audit log.",
      "The plugin's database is only read. A repeated run imports what is new."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything is imported",
      "1:the import failed; what was imported so far stays, and the next run continues",
      "2:the command line is malformed",
      "3:some data were refused and are named; everything else is imported"
    })
final class ImportBackstageCommand implements Callable<Integer> {

  private static final int SOME_REFUSED = 3;
  private static final String ACTOR = "command:import-backstage";
  private static final String PASSWORD_VARIABLE = "IMPORT_BACKSTAGE_PASSWORD";

  private final Path work;

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

  @Mixin OutputOptions output = new OutputOptions();

  @Option(
      names = "--url",
      required = true,
      paramLabel = "URL",
      description =
          "The plugin's database: jdbc:postgresql://…, jdbc:mariadb://…, jdbc:mysql://… or"
              + " jdbc:sqlite:FILE.")
  String url = "";

  @Option(names = "--user", paramLabel = "USER", description = "The user of the plugin's database.")
  @Nullable String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "A file with that user's password on its first line (default: the environment variable "
              + PASSWORD_VARIABLE
              + ").")
  @Nullable Path passwordFile;

  @Option(
      names = "--drivers",
      paramLabel = "DIR",
      description =
          "A directory with the jar of the JDBC driver. SQLite needs it: org.xerial:sqlite-jdbc"
              + " from Maven Central.")
  @Nullable Path drivers;

  @Option(names = "--dry-run", description = "Print what an import would do, and write nothing.")
  boolean dryRun;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Spec
  CommandSpec spec;

  ImportBackstageCommand(Path work) {
    this.work = work;
  }

  @Override
  public Integer call() throws IOException {
    ProgramLog.configure(() -> false);
    Configuration configuration = settingsOptions.load();
    Storage.Jdbc jdbc = target(configuration.storage());
    PrintWriter out = spec.commandLine().getOut();
    try (ImportDrivers loaded = ImportDrivers.of(work, drivers);
        ConfiguredDirectory directory = ConfiguredDirectory.open(configuration)) {
      SourceUrl sourceUrl = SourceUrl.parse(url);
      SourceContent source =
          new SourceDatabase(sourceUrl, new SourceLogin(user, password()), loaded.loader()).read();
      BackstageImport backstageImport = of(configuration, directory.groups());
      ImportSummary summary =
          dryRun ? runDry(backstageImport, jdbc, source) : run(backstageImport, jdbc, source);
      ProgramLog.flush(); // the result is the last line
      List<String> notes = new ArrayList<>();
      if (directory.isNone()) {
        notes.add(
            "no directory of groups is configured (accessTokens.directory), so"
                + " no user is a member of the tokens' groups");
      }
      if (!configuration.rawTokenFormat().acceptWithoutChecksum()) {
        notes.add(
            "raw tokens of the plugin are refused until"
                + " accessTokens.rawToken.acceptWithoutChecksum is true");
      }
      output.print(
          out,
          () -> lines(sourceUrl, jdbc, summary, notes),
          () -> json(sourceUrl, jdbc, summary, notes));
      return summary.hasRefusals() ? SOME_REFUSED : 0;
    } catch (SourceRefusedException e) {
      throw new StartupException(String.valueOf(e.getMessage()));
    } catch (DirectoryUnavailableException e) {
      throw new StartupException("the group directory is unavailable: " + e.getMessage());
    }
  }

  private List<String> lines(
      SourceUrl from, Storage.Jdbc to, ImportSummary summary, List<String> notes) {
    List<String> lines = new ArrayList<>();
    lines.add((dryRun ? "dry run: " : "") + "from " + from + " to " + to);
    lines.addAll(summary.lines());
    notes.forEach(note -> lines.add("note: " + note));
    return lines;
  }

  private JsonObject json(
      SourceUrl from, Storage.Jdbc to, ImportSummary summary, List<String> notes) {
    List<String> all = new ArrayList<>(summary.notes());
    all.addAll(notes);
    return Json.createObjectBuilder()
        .add("dryRun", dryRun)
        .add("from", from.toString())
        .add("to", to.toString())
        .add("counts", Json.createObjectBuilder(new LinkedHashMap<>(summary.counts())))
        .add("refusals", Json.createArrayBuilder(summary.refusals()))
        .add("notes", Json.createArrayBuilder(all))
        .build();
  }

  private static Storage.Jdbc target(Storage storage) {
    if (!(storage instanceof Storage.Jdbc jdbc) || jdbc.url().startsWith("jdbc:h2:mem:")) {
      throw new StartupException(
          "import-backstage needs a persistent database: set accessTokens.database.url");
    }
    return jdbc;
  }

  private @Nullable String password() {
    if (passwordFile == null) {
      String password = System.getenv(PASSWORD_VARIABLE);
      Optional<String> error = Optional.ofNullable(password).flatMap(LocaleCheck::errorMessage);
      if (error.isPresent()) {
        throw new StartupException(PASSWORD_VARIABLE + ' ' + error.get());
      }
      return password;
    }
    try {
      return Files.readString(passwordFile).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new StartupException(
          "the password file " + passwordFile + ' ' + FileErrors.reasonOf(e));
    }
  }

  private ImportSummary run(
      BackstageImport backstageImport, Storage.Jdbc jdbc, SourceContent source) {
    try (ConfiguredDatabase database = ConfiguredDatabase.open(jdbc)) {
      requireOwnTables(database);
      database.migrate();
      return into(backstageImport, database, source, false);
    }
  }

  private ImportSummary runDry(
      BackstageImport backstageImport, Storage.Jdbc jdbc, SourceContent source) {
    Optional<ConfiguredDatabase> opened = ConfiguredDatabase.openToRead(jdbc);
    if (opened.isEmpty()) {
      return backstageImport.run(source, BackstageImport.emptyTarget());
    }
    try (ConfiguredDatabase database = opened.get()) {
      if (requireOwnTables(database) != TokenTables.OURS) {
        return backstageImport.run(source, BackstageImport.emptyTarget());
      }
      if (!database.pendingMigrations().isEmpty()) {
        throw new StartupException("the schema is not up to date: run migrate first");
      }
      return into(backstageImport, database, source, true);
    }
  }

  private static TokenTables requireOwnTables(ConfiguredDatabase database) {
    TokenTables tables = TokenTables.in(database.dataSource());
    if (tables == TokenTables.FOREIGN) {
      throw new StartupException(
          "the configured database contains the tables of another program, such as the plugin:"
              + " configure an empty database, or the database of this service");
    }
    return tables;
  }

  private ImportSummary into(
      BackstageImport backstageImport,
      ConfiguredDatabase database,
      SourceContent source,
      boolean dryRun) {
    try (HibernateTokenStore store = new HibernateTokenStore(database.dataSource())) {
      TokenImport tokens =
          store.tokenImport(ACTOR, SourceUrl.parse(url).toString(), Clock.systemUTC(), dryRun);
      ImportSummary summary =
          backstageImport.run(
              source,
              new BackstageImport.Target() {
                @Override
                public List<Result> importBatch(List<Item> items) {
                  List<Result> results = tokens.importBatch(items);
                  // The batch is committed, so its audit events must be logged even if a later
                  // batch fails.
                  results.stream()
                      .map(Result::recorded)
                      .filter(Objects::nonNull)
                      .forEach(AuditLogger::recorded);
                  return results;
                }

                @Override
                public boolean has(UUID id) {
                  return store.find(id).isPresent();
                }
              });
      if (!dryRun) {
        awaitFinality(store);
      }
      return summary;
    }
  }

  /**
   * Waits until the import is effective in all running instances. The command reports this in its
   * output.
   */
  private static void awaitFinality(HibernateTokenStore store) {
    try (RevocationBarrier barrier = new RevocationBarrier(store)) {
      barrier.applyChange(Optional.empty()).toCompletableFuture().join();
    }
  }

  private static BackstageImport of(Configuration configuration, GroupDirectory directory) {
    return new BackstageImport(
        configuration.scopeCatalog(),
        directory,
        Duration.ofDays(configuration.settings().service().maxTokenLifetimeDays()),
        configuration.rawTokenFormat().servicePrefix(),
        Clock.systemUTC());
  }
}
