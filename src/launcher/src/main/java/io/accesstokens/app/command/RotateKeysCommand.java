package io.accesstokens.app.command;

import io.accesstokens.app.ConfiguredDatabase;
import io.accesstokens.app.SigningKeySeal;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.log.ProgramLog;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Storage;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.signing.UnreadableKeyException;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.token.StoreUnavailableException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Creates a new signing key for short-lived tokens. An option of the command withdraws all other
 * signing keys.
 */
@Command(
    name = "rotate-keys",
    description = {
      "Create a new key that signs short-lived tokens, in the configured database.",
      "The key is published at once and signs after a quarter of an hour, so that"
          + " every verifier has read it by then. The former key stays published until all"
          + " tokens that it signed have expired.",
      "Running instances apply the change by themselves."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class RotateKeysCommand implements Callable<Integer> {

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

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
              + " decrypted.")
  boolean withdraw;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("run by picocli only");
    }
    ProgramLog.configure(() -> false);
    Configuration configuration = settingsOptions.load();
    if (!(configuration.storage() instanceof Storage.Jdbc jdbc)) {
      throw new StartupException("rotate-keys needs a database: set accessTokens.database.url");
    }
    SecureRandom random = new SecureRandom();
    try (ConfiguredDatabase database = ConfiguredDatabase.open(jdbc)) {
      if (!database.pendingMigrations().isEmpty()) {
        throw new StartupException("the schema is not up to date: run migrate first");
      }
      KeySeal seal =
          SigningKeySeal.of(configuration, random)
              .orElseThrow(
                  () ->
                      new StartupException(
                          "rotate-keys needs accessTokens.personal.encryptionKey,"
                              + " with the value of the running instances"));
      try (HibernateTokenStore store = new HibernateTokenStore(database.dataSource())) {
        rotate(configuration, store.signingKeys(), seal, random, spec.commandLine().getOut());
      }
    } catch (UnreadableKeyException e) {
      throw new StartupException(
          e.getMessage()
              + ": accessTokens.personal.encryptionKey differs from that of the running"
              + " instances, or the key was altered; --withdraw replaces all keys");
    } catch (StoreUnavailableException e) {
      throw new StartupException(String.valueOf(e.getMessage()));
    }
    return 0;
  }

  private void rotate(
      Configuration configuration,
      SigningKeyStore store,
      KeySeal seal,
      SecureRandom random,
      PrintWriter out) {
    String within =
        "; running instances apply it within " + SigningKeys.MAINTENANCE_SECONDS + " seconds";
    if (withdraw) {
      SigningKeys.withdrawAll(store, seal, Clock.systemUTC(), random);
      out.println("all former signing keys are withdrawn, and a new one signs" + within);
      return;
    }
    Duration lead = now ? Duration.ZERO : SigningKeys.LEAD;
    SigningKeys keys =
        SigningKeys.open(
            store,
            seal,
            Duration.ofDays(configuration.settings().personal().signingKeyDays()),
            Clock.systemUTC(),
            random);
    String id = keys.rotate(lead);
    out.println(
        "the signing key "
            + id
            + " is published and signs "
            + (now ? "from now on" : "in " + lead.toMinutes() + " minutes")
            + within);
  }
}
