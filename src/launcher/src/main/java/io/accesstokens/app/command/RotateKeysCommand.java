package io.accesstokens.app.command;

import io.accesstokens.app.ConfiguredDatabase;
import io.accesstokens.app.SigningKeySeal;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.input.SettingsOptions;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.command.output.OutputOptions;
import io.accesstokens.app.command.output.VersionProvider;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.signing.UnreadableKeyException;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogStore;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.PrintWriter;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Creates a signing key for short-lived tokens; or creates, removes or lists keys of the
 * transparency log. The option {@code --withdraw} replaces all keys of both kinds.
 */
@Command(
    name = "rotate-keys",
    description = {
      "Create a new key that signs short-lived tokens, in the configured database.",
      "The key is published at once and signs after a quarter of an hour, so that"
          + " every verifier has read it by then. The former key stays published until all"
          + " tokens that it signed have expired.",
      "Running processes apply the change by themselves."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the new key is stored, --remove-old has removed the former keys, or --list has printed the"
          + " keys",
      "1:the settings are wrong, or the database is unavailable, and no key is stored;"
          + " or the result could not be written, and the key is stored",
      "2:the command line is malformed",
      "3:--withdraw has replaced the signing keys, but not the keys of the transparency log"
    })
final class RotateKeysCommand implements Callable<Integer> {

  private static final int LOG_KEYS_STAY = 3;

  private static final String WITHIN =
      "; running processes apply it within " + SigningKeys.MAINTENANCE_SECONDS + " seconds";

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

  @Mixin OutputOptions output = new OutputOptions();

  @Option(
      names = "--now",
      description =
          "The new key signs at once. Use it if all verifiers read the keys again for an"
              + " unknown key.")
  boolean now;

  @Option(
      names = "--withdraw",
      description =
          "The new key signs at once. All other keys, and all tokens that they"
              + " signed, become invalid. Use it if a key was disclosed or cannot be"
              + " decrypted. Also replaces the keys of the transparency log.")
  boolean withdraw;

  @Option(
      names = "--log",
      description =
          "Create a new key of the transparency log instead, and print its verifier key. All keys"
              + " of the log sign, until --remove-old removes the former ones.")
  boolean log;

  @Option(
      names = "--remove-old",
      description = "With --log: remove all keys of the log except the newest one.")
  boolean removeOld;

  @Option(
      names = "--list",
      description = "With --log: only print the verifier keys, the newest one first.")
  boolean list;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Spec
  CommandSpec spec;

  private void checkOptions() {
    if (removeOld && !log) {
      throw new ParameterException(spec.commandLine(), "--remove-old needs --log");
    }
    if (list && (!log || removeOld)) {
      throw new ParameterException(
          spec.commandLine(), "--list needs --log, and cannot be combined with --remove-old");
    }
    if (log && (now || withdraw)) {
      throw new ParameterException(
          spec.commandLine(), "--log cannot be combined with --now or --withdraw");
    }
  }

  @Override
  public Integer call() {
    checkOptions();
    ProgramLog.configure(() -> false);
    Configuration configuration = settingsOptions.load();
    if (!(configuration.storage() instanceof Storage.Jdbc jdbc)) {
      throw new StartupException("rotate-keys needs a database: set accessTokens.database.url");
    }
    SecureRandom random = new SecureRandom();
    try (ConfiguredDatabase database = ConfiguredDatabase.openExisting(jdbc)) {
      if (!database.pendingMigrations().isEmpty()) {
        throw new StartupException("the schema is not up to date: run migrate first");
      }
      if (list) {
        listLogKeys(database, spec.commandLine().getOut());
        return 0;
      }
      KeySeal seal = SigningKeySeal.forCommand("rotate-keys", configuration, random);
      try (HibernateTokenStore store = new HibernateTokenStore(database.dataSource())) {
        if (log) {
          rotateLogKey(store.log(), seal, random, spec.commandLine().getOut());
          return 0;
        }
        if (withdraw) {
          return withdraw(store, seal, random, spec.commandLine());
        }
        rotate(configuration, store.signingKeys(), seal, random, spec.commandLine().getOut());
      }
    } catch (UnreadableKeyException e) {
      throw SigningKeySeal.unreadable(e);
    }
    return 0;
  }

  /**
   * Withdraws the signing keys, and then the keys of the transparency log. In this order, the
   * signing keys are withdrawn even if the transparency log is damaged.
   *
   * @return the exit code
   */
  private int withdraw(
      HibernateTokenStore store, KeySeal seal, SecureRandom random, CommandLine command) {
    SigningKeys.withdrawAll(store.signingKeys(), seal, Clock.systemUTC(), random);
    output.print(
        command.getOut(),
        () -> List.of("all former signing keys are withdrawn, and a new one signs" + WITHIN),
        () -> json(Duration.ZERO).build());
    try {
      LogKeys.withdrawAll(store.log(), seal, Clock.systemUTC(), random);
      return 0;
    } catch (RuntimeException e) { // The exit code must show that the signing keys are replaced.
      command
          .getErr()
          .println(
              "the keys of the transparency log could not be replaced: "
                  + e.getMessage()
                  + "; remove the cause, and run the command again");
      return LOG_KEYS_STAY;
    }
  }

  private void rotate(
      Configuration configuration,
      SigningKeyStore store,
      KeySeal seal,
      SecureRandom random,
      PrintWriter out) {
    Duration lead = now ? Duration.ZERO : SigningKeys.LEAD;
    SigningKeys keys =
        SigningKeys.open(
            store,
            seal,
            Duration.ofDays(configuration.settings().personal().signingKeyDays()),
            Clock.systemUTC(),
            random);
    String id = keys.rotate(lead);
    output.print(
        out,
        () ->
            List.of(
                "the signing key "
                    + id
                    + " is published and signs "
                    + (now ? "from now on" : "in " + lead.toMinutes() + " minutes")
                    + WITHIN),
        () -> json(lead).add("keyId", id).build());
  }

  private void rotateLogKey(LogStore store, KeySeal seal, SecureRandom random, PrintWriter out) {
    String origin = store.state().origin();
    if (origin == null) {
      throw new StartupException("the transparency log is empty: start the server first");
    }
    LogKeys keys = LogKeys.open(store, seal, origin, Clock.systemUTC(), random);
    List<String> lines = new ArrayList<>();
    if (removeOld) {
      try {
        keys.removeOld().forEach(key -> lines.add("removed " + key));
      } catch (IllegalStateException e) {
        throw new StartupException(
            e.getMessage()
                + ": start a process if none is running, and run the command again after ten"
                + " seconds");
      }
    } else {
      lines.add("created " + keys.rotate());
    }
    JsonArrayBuilder listed = Json.createArrayBuilder();
    keys.verifiers().forEach(key -> listed.add(key.toString()));
    output.print(out, () -> lines, () -> Json.createObjectBuilder().add("logKeys", listed).build());
  }

  /** Prints the verifier keys of the transparency log, without decrypting the private keys. */
  private void listLogKeys(ConfiguredDatabase database, PrintWriter out) {
    List<String> keys = new ArrayList<>();
    try (HibernateTokenStore store = new HibernateTokenStore(database.dataSource())) {
      String origin = store.log().state().origin();
      if (origin == null) {
        throw new StartupException("the transparency log is empty: start the server first");
      }
      for (SealedKey row : store.log().keys().all()) {
        PublicKey key = KeySeal.publicKey(row, "Ed25519");
        keys.add(0, VerifierKey.of(origin, VerifierKey.Type.ED25519, key).toString());
      }
    }
    output.print(
        out,
        () -> keys,
        () -> Json.createObjectBuilder().add("logKeys", Json.createArrayBuilder(keys)).build());
  }

  private JsonObjectBuilder json(Duration lead) {
    return Json.createObjectBuilder()
        .add("withdrawn", withdraw)
        .add("signsInSeconds", lead.toSeconds())
        .add("appliedWithinSeconds", SigningKeys.MAINTENANCE_SECONDS);
  }
}
