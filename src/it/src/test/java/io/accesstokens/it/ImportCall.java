package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.BackstagePlugin;
import io.accesstokens.testing.server.BackstagePlugin.Product;
import io.accesstokens.testing.server.WarProcess;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.JDBC;

/** A call of {@code import-backstage}. Immutable. */
record ImportCall(List<String> arguments, String password) {

  /** Returns a call that imports from that database, with the password in the environment. */
  static ImportCall from(BackstagePlugin plugin) {
    ImportCall call = new ImportCall(List.of("--url", plugin.url()), plugin.password());
    if (plugin.product() == Product.SQLITE) {
      call = call.with("--drivers", sqliteDriver().resolveSibling("").toString());
    }
    return plugin.user().isEmpty() ? call : call.with("--user", plugin.user());
  }

  /** Returns the jar of SQLite's driver, which is alone in its folder of the local repository. */
  static Path sqliteDriver() {
    try {
      return Path.of(JDBC.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  ImportCall with(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new ImportCall(all, password);
  }

  /**
   * Returns the call for the database that {@code target} configures, with the password in the
   * environment.
   */
  WarProcess into(WarProcess target) {
    WarProcess call = target.command("import-backstage").with(arguments.toArray(String[]::new));
    return password.isEmpty() ? call : call.withEnvironment("IMPORT_BACKSTAGE_PASSWORD", password);
  }

  /** Runs the call with the password in a file. */
  Outcome run(WarProcess target) throws Exception {
    WarProcess call = target.command("import-backstage").with(arguments.toArray(String[]::new));
    return (password.isEmpty()
            ? call
            : call.with("--password-file", call.file("password.txt", password).toString()))
        .run("");
  }

  /** Asserts the numbers in the summary. */
  static void assertCounts(
      Outcome outcome, int read, int imported, int alreadyThere, int updated, int refused) {
    assertEquals(
        List.of(read, imported, alreadyThere, updated, refused),
        List.of(
            count(outcome, "tokens read:"),
            count(outcome, "tokens imported:"),
            count(outcome, "tokens already there:"),
            count(outcome, "tokens updated:"),
            count(outcome, "tokens refused:")),
        outcome::toString);
  }

  private static int count(Outcome outcome, String label) {
    return outcome
        .out()
        .lines()
        .filter(line -> line.startsWith(label))
        .map(line -> Integer.parseInt(line.substring(label.length()).strip()))
        .findFirst()
        .orElseThrow(() -> new AssertionError(outcome.toString()));
  }
}
