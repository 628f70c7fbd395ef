package io.accesstokens.app.command;

import io.accesstokens.app.DataDirectory;
import io.accesstokens.app.ProductVersion;
import io.accesstokens.app.SampleUsersGuard;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.input.SettingsOptions;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.command.output.VersionProvider;
import io.accesstokens.app.command.verify.ArchiveLogCommand;
import io.accesstokens.app.command.verify.VerifyLogCommand;
import io.accesstokens.app.logging.LogFormat;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.catalina.LifecycleException;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs the server until the process is stopped. This command runs if the command line contains no
 * command.
 */
@Command(
    name = "access-tokens",
    description = "A self-hosted service for long-lived access tokens.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    subcommands = {
      MigrateCommand.class,
      HashPasswordCommand.class,
      ExplainCommand.class,
      RotateKeysCommand.class,
      NoticesCommand.class,
      VerifyLogCommand.class,
      ArchiveLogCommand.class,
      AutoComplete.GenerateCompletion.class
    },
    footer = {
      "",
      "Without a command, it starts the server. A setting can be in the settings file,",
      "in an environment variable (accessTokens.database.url is",
      "ACCESSTOKENS_DATABASE_URL) or in a system property. Options take precedence."
    })
final class ServeCommand implements Callable<Integer> {

  private static final Logger LOG = System.getLogger(ServeCommand.class.getName());

  private final Path webapp;
  private final Path work;

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "The address to listen on (default: 127.0.0.1).")
  @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to listen on; 0 for any (default: 8080).")
  @Nullable Integer port;

  @Option(
      names = "--in-memory",
      description = "Keep all data in memory. All data is lost when the process ends.")
  boolean inMemory;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "Serve HTTPS with this certificate chain (PEM).")
  @Nullable Path tlsCertificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's private key (PEM).")
  @Nullable Path tlsKey;

  @Option(
      names = "--stop-when-ready",
      description =
          "Start with these settings, and stop as soon as the server is ready. The exit code is 0"
              + " if it was ready.")
  boolean stopWhenReady;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Spec
  CommandSpec spec;

  private volatile @Nullable EmbeddedServer server;

  ServeCommand(Path webapp, Path work) {
    this.webapp = webapp;
    this.work = work;
  }

  @Override
  public Integer call() throws Exception {
    settingsOptions.set("host", host);
    settingsOptions.set("port", port);
    settingsOptions.set("inMemory", inMemory ? "true" : null);
    settingsOptions.set("tls.certificate", tlsCertificate);
    settingsOptions.set("tls.key", tlsKey);
    ProgramLog.configure(this::isStartRefused);
    ThreadGuard.install();
    Configuration configuration = settingsOptions.loadForServer();
    rejectContainerLogin(configuration);
    SampleUsersGuard.requireSafeHost(configuration);
    EmbeddedServer starting = new EmbeddedServer(configuration, webapp, work);
    server = starting;
    starting.start();
    ProcessMemory.shrinkHeap();
    ProcessMemory.trimWhileWarmingUp();
    announce(configuration, starting);
    if (stopWhenReady) {
      starting.stopNow();
    }
    starting.await();
    return 0;
  }

  /**
   * Rejects the setting {@code login.container}. With this setting, the realm of a servlet
   * container authenticates the users. The embedded server has no realm, so every sign-in would
   * fail.
   *
   * @throws StartupException if the setting is true
   */
  private static void rejectContainerLogin(Configuration configuration) {
    if (configuration.settings().login().container()) {
      throw new StartupException(
          "accessTokens.login.container needs the realm of a servlet container; with"
              + " java -jar, set accessTokens.login.usersFile instead");
    }
  }

  private boolean isStartRefused() {
    EmbeddedServer current = server;
    return current != null && current.isStartRefused();
  }

  private void announce(Configuration configuration, EmbeddedServer started) {
    Settings settings = configuration.settings();
    List<String> lines = new ArrayList<>();
    lines.add("access-tokens " + ProductVersion.text() + " is ready at " + started.url() + "/");
    lines.add("  " + SampleUsersGuard.howToSignIn(configuration));
    lines.add("  " + DataDirectory.dataLocation(configuration));
    boolean metrics = settings.metrics().enabled();
    started
        .managementPort()
        .ifPresent(
            managementPort ->
                lines.add(
                    (metrics ? "  Metrics and health checks" : "  Health checks")
                        + " without credentials: http://"
                        + EmbeddedServer.authority(settings.management().host(), managementPort)
                        + (metrics ? "/metrics" : "/health/ready")));
    if (settings.log().format() == LogFormat.JSON) {
      lines.forEach(line -> LOG.log(Level.INFO, line.strip()));
    } else {
      lines.forEach(spec.commandLine().getOut()::println);
    }
  }

  void stop() throws LifecycleException, InterruptedException {
    EmbeddedServer current = server;
    if (current != null) {
      current.stop();
    }
  }
}
