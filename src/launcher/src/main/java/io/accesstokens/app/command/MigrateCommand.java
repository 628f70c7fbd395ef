package io.accesstokens.app.command;

import io.accesstokens.app.ConfiguredDatabase;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.input.SettingsOptions;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.command.output.OutputOptions;
import io.accesstokens.app.command.output.VersionProvider;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.store.schema.Migrations;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Applies the database migrations, or lists the pending migrations. */
@Command(
    name = "migrate",
    description = "Apply the database migrations. The server also does so when it starts.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the schema is up to date, or --dry-run listed the pending migrations",
      "1:the settings are wrong, the database is unavailable, or a migration failed",
      "2:the command line is malformed"
    })
final class MigrateCommand implements Callable<Integer> {

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

  @Mixin OutputOptions output = new OutputOptions();

  @Option(names = "--dry-run", description = "List the pending migrations, and apply nothing.")
  boolean dryRun;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() {
    ProgramLog.configure(() -> false);
    if (!(settingsOptions.load().storage() instanceof Storage.Jdbc jdbc)) {
      throw new StartupException("migrate needs a database: set accessTokens.database.url");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (ConfiguredDatabase database = dryRun ? toRead(jdbc) : ConfiguredDatabase.open(jdbc)) {
      List<Migrations.Migration> migrations =
          dryRun ? database.pendingMigrations() : database.migrate();
      output.print(out, () -> lines(jdbc, migrations), () -> json(jdbc, migrations));
    }
    return 0;
  }

  /**
   * Opens the database for reading only. If the files of an embedded database do not exist, opens
   * an empty database in memory, in which all migrations are pending.
   */
  private static ConfiguredDatabase toRead(Storage.Jdbc jdbc) {
    return ConfiguredDatabase.openToRead(jdbc)
        .orElseGet(
            () ->
                ConfiguredDatabase.open(
                    new Storage.Jdbc("jdbc:h2:mem:", null, null, jdbc.maximumPoolSize())));
  }

  private List<String> lines(Storage.Jdbc jdbc, List<Migrations.Migration> migrations) {
    List<String> lines = new ArrayList<>();
    lines.add("database " + jdbc);
    for (Migrations.Migration migration : migrations) {
      lines.add(
          (dryRun ? "pending " : "applied ") + migration.version() + " " + migration.description());
    }
    if (migrations.isEmpty()) {
      lines.add("the schema is up to date");
    }
    return lines;
  }

  private JsonObject json(Storage.Jdbc jdbc, List<Migrations.Migration> migrations) {
    JsonArrayBuilder listed = Json.createArrayBuilder();
    for (Migrations.Migration migration : migrations) {
      listed.add(
          Json.createObjectBuilder()
              .add("version", String.valueOf(migration.version()))
              .add("description", migration.description()));
    }
    return Json.createObjectBuilder()
        .add("dryRun", dryRun)
        .add("database", jdbc.toString())
        .add("migrations", listed)
        .build();
  }
}
