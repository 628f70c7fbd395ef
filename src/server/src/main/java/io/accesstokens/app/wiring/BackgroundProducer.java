package io.accesstokens.app.wiring;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.OpenResources;
import io.accesstokens.app.Stores;
import io.accesstokens.app.metrics.TokenMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.transparency.OpenedLog;
import io.accesstokens.app.web.RequestTimer;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.notice.NoticeDispatcher;
import io.accesstokens.session.Sessions;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.token.revocation.BackgroundWork;
import io.accesstokens.token.usage.UsageRecorder;
import io.accesstokens.transparency.LogMonitor;
import io.accesstokens.transparency.stream.LogStream;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;

/** Produces the jobs that run in the background, independently of requests. */
@ApplicationScoped
public class BackgroundProducer {

  private static final int SESSIONS_SEEN_SECONDS = 5;
  private static final int EXPIRED_SECONDS = 60;
  private static final int DELETION_SECONDS = 10;
  private static final int NOTICES_SECONDS = 3_600;

  @Produces
  @Singleton
  RequestTimer requestTimer(OpenResources resources) {
    RequestTimer timer = new RequestTimer();
    resources.onClose(timer::close);
    return timer;
  }

  /**
   * Starts the background work. This bean depends on the beans with the resources that this work
   * uses. Resources are closed in reverse order. Therefore, the background work ends before these
   * resources are closed.
   */
  @Produces
  @Singleton
  BackgroundWork background(
      Stores stores,
      UsageRecorder usage,
      AuditLogger audit,
      Sessions sessions,
      Optional<MintFlows> mintFlows,
      Optional<TokenExchange> exchange,
      Optional<NoticeDispatcher> notices,
      Optional<OpenedLog> log,
      Optional<LogStream> auditStream,
      Configuration configuration,
      TokenMetrics tokenMetrics,
      Clock clock,
      OpenResources resources) {
    BackgroundWork background =
        BackgroundWork.start(usage, stores.tokens(), audit, clock)
            .schedule(AuditLogger.REPORT_SECONDS, "the report of ended limits", audit::reportEnded)
            .schedule(SESSIONS_SEEN_SECONDS, "the writing of session uses", sessions::flush)
            .schedule(EXPIRED_SECONDS, "the maintenance of sessions", sessions::maintain);
    if (configuration.settings().metrics().enabled()) {
      background.schedule(
          TokenMetrics.REFRESH_SECONDS, "the count of tokens", tokenMetrics::refresh);
    }
    if (!configuration.settings().usage().callers()) {
      // The deletion is repeated, because another replica can still have the former settings during
      // a rolling update.
      background.schedule(
          DELETION_SECONDS, "the deletion of callers", stores.tokens()::deleteCallers);
    }
    if (notices.isEmpty()) {
      // A dispatcher would delete old notices itself.
      stores
          .notices()
          .ifPresent(
              store ->
                  background.schedule(
                      NOTICES_SECONDS,
                      "the deletion of old notices",
                      () -> store.deliveries().trim(clock.instant())));
    }
    log.ifPresent(
        opened ->
            background.schedule(
                LogMonitor.REFRESH_SECONDS,
                "the monitor of the transparency log",
                opened.monitor()::poll));
    mintFlows.ifPresent(
        flows ->
            background.schedule(EXPIRED_SECONDS, "the maintenance of mint flows", flows::maintain));
    exchange.ifPresent(
        signing ->
            background.schedule(
                SigningKeys.MAINTENANCE_SECONDS,
                "the maintenance of signing keys",
                signing.keys()::maintain));
    resources.onClose(background::close);
    return background;
  }
}
