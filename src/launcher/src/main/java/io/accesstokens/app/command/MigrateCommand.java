package io.accesstokens.app.command;

import io.accesstokens.app.ConfiguredDatabase;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.log.ProgramLog;
import io.accesstokens.app.settings.Storage;
import io.accesstokens.store.schema.Migrations;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    versionProvider = Version.class)
final class MigrateCommand implements Callable<Integer> {

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

  @Option(names = "--dry-run", description = "List the pending migrations, and apply nothing.")
  boolean dryRun;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("run by picocli only");
    }
    ProgramLog.configure(() -> false);
    if (!(settingsOptions.load().storage() instanceof Storage.Jdbc jdbc)) {
      throw new StartupException("migrate needs a database: set accessTokens.database.url");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (ConfiguredDatabase database = ConfiguredDatabase.open(jdbc)) {
      List<Migrations.Migration> migrations =
          dryRun ? database.pendingMigrations() : database.migrate();
      for (Migrations.Migration migration : migrations) {
        out.println(
            (dryRun ? "pending " : "applied ")
                + migration.version()
                + " "
                + migration.description());
      }
      if (migrations.isEmpty()) {
        out.println("the schema is up to date");
      }
    }
    return 0;
  }
}
