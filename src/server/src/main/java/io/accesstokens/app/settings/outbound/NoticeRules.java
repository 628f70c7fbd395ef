package io.accesstokens.app.settings.outbound;

import io.accesstokens.app.notice.MailServer;
import io.accesstokens.app.notice.NoticeConfiguration;
import io.accesstokens.app.notice.WebhookEndpoint;
import io.accesstokens.app.outbound.TargetUrl;
import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.notice.ExpiryThresholds;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.IpAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Validates the settings of notices. A rule that finds an error reports the error and returns a
 * harmless value.
 */
public final class NoticeRules {

  private static final String KEY = "notices";
  private static final String MAIL = KEY + ".mail";
  private static final List<Integer> DEFAULT_DAYS = List.of(60, 30, 14, 7, 1);
  private static final int MAX_DAYS = 365;
  private static final int MAX_WEBHOOKS = 20;
  private static final Pattern DAYS = Pattern.compile("[0-9]{1,3}");

  private final NoticeSettings settings;
  private final Sources sources;
  private final WebhookRules rules;

  public NoticeRules(NoticeSettings settings, Sources sources) {
    this.settings = settings;
    this.sources = sources;
    this.rules = new WebhookRules(sources);
  }

  /**
   * Returns the settings of notices.
   *
   * @param inMemory true if tokens are stored in memory; notices need a database
   */
  public NoticeConfiguration notices(boolean inMemory) {
    NoticeConfiguration notices =
        new NoticeConfiguration(
            new ExpiryThresholds(days()),
            Duration.ofHours(settings.dailyHour()),
            mailServer(),
            webhooks());
    if (inMemory && notices.isEnabled()) {
      sources.checkExcludes("inMemory", MAIL + ".host");
      sources.checkExcludes("inMemory", KEY + ".webhooks[0].url");
    }
    return notices;
  }

  private List<Integer> days() {
    if (settings.expiryDays().isEmpty()) {
      return DEFAULT_DAYS;
    }
    List<Integer> days = new ArrayList<>();
    List<String> configured = Sources.stripped(settings.expiryDays());
    for (int i = 0; i < configured.size(); i++) {
      int number =
          DAYS.matcher(configured.get(i)).matches() ? Integer.parseInt(configured.get(i)) : -1;
      if (number < 0 || number > MAX_DAYS) {
        sources.reportError(
            KEY + ".expiryDays[" + i + ']', "must be a whole number from 0 to " + MAX_DAYS);
      } else if (number > 0) {
        days.add(number); // 0 is the expiry itself, which is always reported
      }
    }
    return days;
  }

  private @Nullable MailServer mailServer() {
    NoticeSettings.Mail mail = settings.mail();
    if (mail.host().isEmpty()) {
      sources.reportAllSetWithout(
          MAIL, List.of("user", "password", "passwordFile", "from"), "host");
      return null;
    }
    String host = mail.host().get();
    if (!Sources.isHost(host)) {
      sources.reportError(MAIL + ".host", "must be a host name or an IP address");
    }
    String from = mail.from().map(String::strip).orElse("");
    if (!MailDirectory.isAddress(from)) {
      sources.reportError(MAIL + ".from", "must be a mail address, e.g. access-tokens@example.com");
      from = "access-tokens@localhost";
    }
    Optional<Secret> password = mail.password();
    if (mail.user().isPresent() != password.isPresent()
        && sources.isClean(MAIL + ".passwordFile")) {
      boolean user = mail.user().isPresent();
      sources.reportSetWithout(
          user ? MAIL + ".user" : sources.sourceOfSecret(MAIL + ".password"),
          MAIL + (user ? ".passwordFile" : ".user"));
    }
    if (!mail.startTls() && !IpAddress.isLoopbackHost(host)) {
      sources.warn(MAIL + ".startTls", "is false, so mails and the password are not encrypted");
    }
    return new MailServer(
        host,
        mail.port(),
        mail.startTls(),
        mail.user().orElse(null),
        password.<Supplier<String>>map(secret -> secret::reveal).orElse(null),
        from);
  }

  private List<WebhookEndpoint> webhooks() {
    List<NoticeSettings.Webhook> configured = settings.webhooks();
    List<WebhookEndpoint> webhooks = new ArrayList<>();
    if (configured.size() > MAX_WEBHOOKS) {
      sources.reportError(KEY + ".webhooks", "must have at most " + MAX_WEBHOOKS + " elements");
      return webhooks;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < configured.size(); i++) {
      String key = KEY + ".webhooks[" + i + ']';
      WebhookEndpoint webhook = webhook(key, configured.get(i));
      if (webhook != null) {
        webhooks.add(webhook);
        if (!names.add(webhook.name())) {
          sources.reportError(
              key + ".name",
              "must differ from the other names; the default is the host of the url");
        }
      }
    }
    return webhooks;
  }

  private @Nullable WebhookEndpoint webhook(String key, NoticeSettings.Webhook configured) {
    URI url = TargetUrl.parse(configured.url()).orElse(null);
    if (url == null) {
      if (sources.isClean(key + ".url")) {
        sources.reportError(
            key + ".url", "must be an http or https URL with a host, without user and fragment");
      }
      return null;
    }
    if (url.getScheme().equalsIgnoreCase("http") && !IpAddress.isLoopbackHost(url.getHost())) {
      sources.warn(key + ".url", "is plain http, so the notices are not encrypted: use https");
    }
    String name = configured.name().orElse(WebhookRules.hostOf(url));
    var unused = rules.checkName(key, name);
    Secret secret = rules.secret(key, configured.secret());
    return secret == null
        ? null
        : new WebhookEndpoint(
            name,
            events(key + ".events", configured.events()),
            new WebhookTarget(
                url,
                secret::reveal,
                rules.allowed(key, configured.allowedAddresses(), "webhooks")));
  }

  private Set<NoticeEvent> events(String key, Optional<List<String>> names) {
    if (names.isEmpty()) {
      return EnumSet.allOf(NoticeEvent.class);
    }
    Set<NoticeEvent> events = EnumSet.noneOf(NoticeEvent.class);
    List<String> configured = Sources.stripped(names);
    for (int i = 0; i < configured.size(); i++) {
      Optional<NoticeEvent> event = NoticeEvent.parse(configured.get(i));
      event.ifPresent(events::add);
      if (event.isEmpty()) {
        sources.reportError(
            key + '[' + i + ']',
            "must be one of "
                + Stream.of(NoticeEvent.values())
                    .map(NoticeEvent::text)
                    .collect(Collectors.joining(", ")));
      }
    }
    return events;
  }
}
