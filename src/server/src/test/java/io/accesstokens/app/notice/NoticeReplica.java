package io.accesstokens.app.notice;

import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.notice.DailyNoticeJob;
import io.accesstokens.notice.ExpiryThresholds;
import io.accesstokens.notice.NoticeDispatcher;
import io.accesstokens.notice.NoticeDispatcher.Endpoint;
import io.accesstokens.notice.NoticeDispatcher.Leases;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.AddressRange;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/** A process that sends webhooks until it is killed. */
public final class NoticeReplica {

  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private NoticeReplica() {}

  /**
   * Runs the process.
   *
   * @param arguments the JDBC URL, the user, the password, and the URL of the endpoint
   */
  public static void main(String[] arguments) throws Exception {
    Set<NoticeEvent> events = EnumSet.allOf(NoticeEvent.class);
    NoticeRouting routing = new NoticeRouting(events, false);
    SecureRandom random = new SecureRandom();
    WebhookEndpoint endpoint =
        new WebhookEndpoint(
            "hook",
            events,
            new WebhookTarget(
                URI.create(arguments[3]),
                () -> SECRET,
                List.of(AddressRange.parse("127.0.0.1").orElseThrow())));
    try (ConnectionPool pool = ConnectionPool.open(arguments[0], arguments[1], arguments[2], 5);
        HibernateTokenStore store = new HibernateTokenStore(pool, routing);
        NoticeDispatcher dispatcher =
            NoticeDispatcher.start(
                store.deliveries(),
                new DailyNoticeJob(
                    store.dailyNotices(),
                    new ExpiryThresholds(List.of()),
                    routing,
                    MailDirectory.NONE,
                    Duration.ZERO,
                    Clock.systemUTC(),
                    new UuidGenerator(random)),
                List.of(
                    new Endpoint(
                        endpoint.name(),
                        endpoint.address(),
                        events,
                        new WebhookSender(
                            endpoint, SystemDefaultDnsResolver.INSTANCE, "1", Clock.systemUTC()))),
                null,
                new Leases(Duration.ofSeconds(8), Duration.ofSeconds(6)),
                Clock.systemUTC(),
                random)) {
      System.out.println("started " + dispatcher.queue().length());
      System.out.flush();
      TimeUnit.MINUTES.sleep(10);
    }
  }
}
