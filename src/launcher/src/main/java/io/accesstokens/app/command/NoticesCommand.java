package io.accesstokens.app.command;

import io.accesstokens.app.ConfiguredDatabase;
import io.accesstokens.app.ConfiguredDirectory;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.input.SettingsOptions;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.command.output.OutputOptions;
import io.accesstokens.app.command.output.VersionProvider;
import io.accesstokens.app.notice.NoticeConfiguration;
import io.accesstokens.app.notice.WebhookEndpoint;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.notice.DailyNoticeJob;
import io.accesstokens.notice.DeliveryStore;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Prints the notices that the daily job would write at an instant. Also prints notices that are
 * already written, and to which the job would add mails.
 */
@Command(
    name = "notices",
    description = {
      "Print the notices that the daily job would write, with their recipients.",
      "Sends nothing and changes nothing. The running service sends the notices."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the notices are printed",
      "1:the settings are wrong, or the database or the directory is unavailable",
      "2:the command line is malformed"
    })
final class NoticesCommand implements Callable<Integer> {

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

  @Mixin OutputOptions output = new OutputOptions();

  @Option(names = "--dry-run", required = true, description = "Print the notices. Required.")
  boolean dryRun;

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description = "The time of the job, e.g. 2026-12-01T06:00:00Z (default: now).")
  @Nullable String at;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() {
    Instant instant = instant();
    ProgramLog.configure(() -> false);
    Configuration configuration = settingsOptions.load();
    NoticeConfiguration notices = configuration.notices();
    if (!notices.isEnabled()) {
      throw new StartupException(
          "no notices are sent: set accessTokens.notices.mail.host or"
              + " accessTokens.notices.webhooks");
    }
    if (!(configuration.storage() instanceof Storage.Jdbc jdbc)) {
      throw new StartupException(
          "the command notices cannot use a container's DataSource: set accessTokens.database.url"
              + " instead of accessTokens.database.jndiName for this command");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (ConfiguredDatabase database = ConfiguredDatabase.openExisting(jdbc);
        ConfiguredDirectory directory = ConfiguredDirectory.open(configuration)) {
      if (!database.pendingMigrations().isEmpty()) {
        throw new StartupException("the schema is not up to date: run migrate first");
      }
      try (HibernateTokenStore store =
          new HibernateTokenStore(database.dataSource(), NoticeRouting.NONE)) {
        print(notices, store, directory, instant, out);
      }
    } catch (DirectoryUnavailableException e) {
      throw new StartupException("the directory is unavailable: " + e.getMessage());
    }
    return 0;
  }

  private Instant instant() {
    if (at == null) {
      return Instant.now();
    }
    try {
      return Instant.parse(at);
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(), "--at must be an instant, e.g. 2026-12-01T06:00:00Z");
    }
  }

  private void print(
      NoticeConfiguration notices,
      HibernateTokenStore store,
      ConfiguredDirectory directory,
      Instant instant,
      PrintWriter out) {
    DailyNoticeJob daily =
        new DailyNoticeJob(
            store.dailyNotices(),
            notices.thresholds(),
            notices.routing(),
            directory.mail(),
            notices.timeOfDay(),
            Clock.systemUTC(),
            new UuidGenerator(new SecureRandom()));
    DeliveryStore deliveries = store.deliveries();
    List<WebhookEndpoint> webhooks =
        notices.webhooks().stream()
            .filter(webhook -> !deliveries.isDisabled(webhook.name(), webhook.address()))
            .toList();
    Consumer<Consumer<PlannedNotice>> preview =
        notice ->
            daily.preview(
                instant,
                (planned, addresses, isWritten) ->
                    notice.accept(
                        new PlannedNotice(
                            planned, isWritten ? List.of() : names(webhooks, planned), addresses)));
    output.print(out, () -> lines(instant, preview), () -> json(instant, preview));
  }

  private static List<String> names(List<WebhookEndpoint> webhooks, Notice notice) {
    return webhooks.stream()
        .filter(webhook -> webhook.events().contains(notice.event()))
        .map(WebhookEndpoint::name)
        .toList();
  }

  private static List<String> lines(Instant at, Consumer<Consumer<PlannedNotice>> preview) {
    List<String> lines = new ArrayList<>();
    preview.accept(notice -> lines.add(notice.line()));
    return lines.isEmpty() ? List.of("no notices at " + at) : lines;
  }

  private static JsonObject json(Instant at, Consumer<Consumer<PlannedNotice>> preview) {
    JsonArrayBuilder listed = Json.createArrayBuilder();
    preview.accept(notice -> listed.add(notice.json()));
    return Json.createObjectBuilder().add("at", at.toString()).add("notices", listed).build();
  }

  /** A notice that the daily job would write, with its recipients. */
  private record PlannedNotice(Notice notice, List<String> webhooks, Set<String> addresses) {

    JsonObjectBuilder json() {
      JsonObjectBuilder json = Json.createObjectBuilder().add("event", notice.event().text());
      Integer threshold = notice.thresholdDays();
      if (threshold == null) {
        json.addNull("thresholdDays");
      } else {
        json.add("thresholdDays", threshold);
      }
      return json.add("owner", notice.token().owner().toString())
          .add("token", notice.token().name())
          .add("expiresAt", notice.token().expiresAt().toString())
          .add("webhooks", Json.createArrayBuilder(webhooks))
          .add("mail", Json.createArrayBuilder(addresses));
    }

    String line() {
      StringBuilder line = new StringBuilder(notice.event().text());
      Integer threshold = notice.thresholdDays();
      if (threshold != null) {
        line.append(' ').append(threshold).append("d");
      }
      line.append(' ')
          .append(notice.token().owner())
          .append(' ')
          .append(notice.token().name())
          .append(" expires ")
          .append(notice.token().expiresAt())
          .append(" ->");
      webhooks.forEach(name -> line.append(" webhook:").append(name));
      addresses.forEach(address -> line.append(" mail:").append(address));
      if (line.toString().endsWith("->")) {
        line.append(" no recipient");
      }
      return line.toString();
    }
  }
}
