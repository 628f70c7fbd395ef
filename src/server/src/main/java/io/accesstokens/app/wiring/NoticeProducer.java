package io.accesstokens.app.wiring;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.ConfiguredDirectory;
import io.accesstokens.app.OpenResources;
import io.accesstokens.app.ProductVersion;
import io.accesstokens.app.Stores;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.notice.MailServer;
import io.accesstokens.app.notice.MailText;
import io.accesstokens.app.notice.NoticeConfiguration;
import io.accesstokens.app.notice.NoticesResource;
import io.accesstokens.app.notice.SmtpSender;
import io.accesstokens.app.notice.WebhookSender;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.notice.DailyNoticeJob;
import io.accesstokens.notice.NoticeDispatcher;
import io.accesstokens.notice.NoticeDispatcher.Endpoint;
import io.accesstokens.notice.NoticeDispatcher.Leases;
import io.accesstokens.notice.NoticeReportStore;
import io.accesstokens.notice.NoticeReports;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.policy.PermissionCheck;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/** Produces the dispatcher of notices, and the resource that lists notices. */
@ApplicationScoped
public class NoticeProducer {

  /** Returns the resource of the notices. Without a database, there are no notices. */
  @Produces
  @Singleton
  NoticesResource noticesResource(
      Configuration configuration, Stores stores, AuditLogger audit, Clock clock) {
    NoticeReportStore reports =
        stores.notices().map(Stores.Notices::reports).orElse((query, since) -> List.of());
    return new NoticesResource(
        new NoticeReports(
            reports, new PermissionCheck(configuration.permissionPolicy(), audit), clock));
  }

  /**
   * Starts a dispatcher, which sends notices. Returns empty if no mail server and no webhook is
   * configured.
   */
  @Produces
  @Singleton
  Optional<NoticeDispatcher> notices(
      Configuration configuration,
      Stores stores,
      ConfiguredDirectory directory,
      Clock clock,
      ServerMetrics metrics,
      OpenResources resources) {
    NoticeConfiguration notices = configuration.notices();
    if (!notices.isEnabled()) {
      return Optional.empty();
    }
    Stores.Notices store = stores.notices().orElseThrow();
    SecureRandom random = new SecureRandom();
    DailyNoticeJob daily =
        new DailyNoticeJob(
            store.daily(),
            notices.thresholds(),
            notices.routing(),
            directory.mail(),
            notices.timeOfDay(),
            clock,
            new UuidGenerator(random));
    List<Endpoint> endpoints =
        notices.webhooks().stream()
            .map(
                webhook ->
                    new Endpoint(
                        webhook.name(),
                        webhook.address(),
                        webhook.events(),
                        new WebhookSender(
                            webhook,
                            SystemDefaultDnsResolver.INSTANCE,
                            ProductVersion.text(),
                            clock)))
            .toList();
    MailServer server = notices.mailServer();
    NoticeDispatcher dispatcher =
        NoticeDispatcher.start(
            store.deliveries(),
            daily,
            endpoints,
            server == null
                ? null
                : new SmtpSender(server, new MailText(configuration.publicUrlOrNull()), clock),
            Leases.DEFAULT,
            clock,
            random);
    metrics.queue("notices", () -> dispatcher.queue().length(), () -> dispatcher.queue().age());
    resources.onClose(dispatcher::close);
    return Optional.of(dispatcher);
  }
}
