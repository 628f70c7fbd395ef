package io.accesstokens.store.notice;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.created;
import static io.accesstokens.store.Samples.digest;
import static io.accesstokens.store.Samples.group;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.revoked;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.notice.Channel;
import io.accesstokens.notice.DailyNoticeJob;
import io.accesstokens.notice.DailyNoticeStore;
import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.DeliveryStore;
import io.accesstokens.notice.DutyCycle;
import io.accesstokens.notice.ExpiringToken;
import io.accesstokens.notice.ExpiryThresholds;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeQuery;
import io.accesstokens.notice.NoticeReport;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.notice.NoticeToken;
import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.RecordingDataSource;
import io.accesstokens.store.SecretsOfToken;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.RawToken;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The contract of the stores of notices, for each database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NoticeStoreContract {

  private static final Set<NoticeEvent> ALL = EnumSet.allOf(NoticeEvent.class);
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final Map<String, Set<NoticeEvent>> HOOK = Map.of("hook", ALL);
  private static final EntityRef DAVE = EntityRef.parseUser("user:default/dave").orElseThrow();

  private final AtomicLong lastId = new AtomicLong();
  private ConnectionPool pool;
  private final Sql sql = new Sql(() -> pool.getConnection());
  private HibernateTokenStore store;
  private DeliveryStore deliveries;
  private DailyNoticeStore daily;

  /** Opens a pool of connections to a database that no other test uses. */
  abstract ConnectionPool openPool() throws Exception;

  @BeforeAll
  void open() throws Exception {
    pool = openPool();
    Migrations.migrate(pool);
    store = new HibernateTokenStore(pool, new NoticeRouting(ALL, true));
    deliveries = store.deliveries();
    daily = store.dailyNotices();
  }

  @AfterAll
  void close() {
    store.close();
    pool.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    for (String table :
        List.of(
            "service_access_tokens",
            "service_access_token_audit_log",
            "personal_access_tokens",
            "access_token_secrets",
            "access_token_notices",
            "access_token_notice_deliveries",
            "access_token_notice_items",
            "access_token_notice_ended_endpoints")) {
      sql.execute("delete from " + table);
    }
    sql.execute(
        "update access_token_notice_job set last_day = null, claim = null, claimed_until = null");
  }

  private List<Delivery> webhooks(Instant now) {
    while (deliveries.addWebhookDeliveries(HOOK, now)) {
      // The next call adds the next deliveries.
    }
    List<Delivery> all = new ArrayList<>();
    List<Delivery> some;
    do {
      some = deliveries.claimWebhooks("hook", 10, now, LEASE);
      all.addAll(some);
    } while (!some.isEmpty());
    return all;
  }

  @Test
  void changesAreWrittenWithTheFactsOfTheirTokens() {
    ServiceToken token = put(store, token("ci"));
    revoke(store, token.id(), NOON.plusSeconds(60));
    revoke(store, token.id(), NOON.plusSeconds(61));
    List<Notice> notices =
        webhooks(NOON.plusSeconds(62)).stream().flatMap(d -> d.notices().stream()).toList();
    NoticeToken facts =
        new NoticeToken(
            RawToken.Kind.SERVICE,
            token.id(),
            "ci",
            token.tokenPrefix(),
            token.group(),
            token.createdAt(),
            token.expiresAt());
    assertEquals(
        Set.of(NoticeEvent.CREATED, NoticeEvent.REVOKED),
        new HashSet<>(notices.stream().map(Notice::event).toList()));
    assertEquals(2, notices.size(), "a repeated revocation writes no notice: " + notices);
    notices.forEach(notice -> assertEquals(facts, notice.token()));
    Notice revocation =
        notices.stream().filter(n -> n.event() == NoticeEvent.REVOKED).findFirst().orElseThrow();
    assertEquals("user:default/carol", revocation.actor());
    assertEquals(NOON.plusSeconds(60), revocation.occurredAt());
  }

  @Test
  void revocationsOfManyTokensAreWrittenForChangedTokensOnly() {
    ServiceToken first = put(store, token("one"));
    ServiceToken second = put(store, token("two"));
    revoke(store, first.id(), NOON);
    Map<UUID, AuditEvent> events =
        Map.of(
            first.id(), revoked(first.id(), NOON, "leak"),
            second.id(), revoked(second.id(), NOON, "leak"));
    store.revokeAll(events.keySet(), ids -> events);
    List<UUID> revoked =
        webhooks(NOON).stream()
            .flatMap(delivery -> delivery.notices().stream())
            .filter(notice -> notice.event() == NoticeEvent.REVOKED)
            .map(notice -> notice.token().id())
            .toList();
    assertEquals(2, revoked.size());
    assertEquals(Set.of(first.id(), second.id()), Set.copyOf(revoked));
  }

  @Test
  void personalTokensAreReported() {
    PersonalToken token = personal("laptop", NOON, days(30));
    Notice notice = webhooks(NOON).get(0).notices().get(0);
    assertEquals(NoticeEvent.CREATED, notice.event());
    assertEquals(RawToken.Kind.PERSONAL, notice.token().kind());
    assertEquals(DAVE, notice.token().owner());
    store
        .personal()
        .orElseThrow()
        .revoke(token.id(), null, () -> revoked(token.id(), NOON, "lost"));
    assertEquals(NoticeEvent.REVOKED, webhooks(NOON).get(0).notices().get(0).event());
  }

  @Test
  void rotationIsReportedWithTheNewSecret() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    SecretsOfToken<PersonalToken> personal = SecretsOfToken.personal(store, "laptop");
    token.rotate(days(1), Duration.ofHours(1));
    personal.rotate(days(1), Duration.ofHours(1));
    List<Notice> notices =
        webhooks(NOON).stream()
            .flatMap(delivery -> delivery.notices().stream())
            .filter(notice -> notice.event() == NoticeEvent.ROTATED)
            .toList();
    assertEquals(2, notices.size(), () -> "" + notices);
    for (Notice notice : notices) {
      AccessToken rotated =
          notice.token().kind() == RawToken.Kind.SERVICE ? token.token() : personal.token();
      assertEquals(rotated.id(), notice.token().id());
      assertEquals(rotated.tokenPrefix(), notice.token().prefix());
      assertEquals(NOON, notice.token().createdAt(), "creation of the token");
      assertEquals(days(91), notice.token().expiresAt());
      assertEquals("user:default/alice", notice.actor());
    }
  }

  @Test
  void useOfAnEndedSecretIsReportedOnce() throws SQLException {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    SecretsOfToken<PersonalToken> personal = SecretsOfToken.personal(store, "laptop");
    token.rotate(NOON, Duration.ZERO);
    personal.rotate(NOON, Duration.ZERO);
    TokenUsage uses = TokenUsage.of(UsageCount.NONE, 0, 0, 0, 3, NOON, "192.0.2.1");
    Map<SecretId, TokenUsage> both = Map.of(token.secret(1), uses, personal.secret(1), uses);
    sql.execute("alter table access_token_notices rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> store.recordUses(both));
    } finally {
      sql.execute("alter table elsewhere rename to access_token_notices");
    }
    assertEquals(0, token.store().usage(token.id()).endedSecret(), "nothing was written");
    assertEquals(2, store.recordUses(both).size());
    assertEquals(0, store.recordUses(both).size());
    List<UUID> reported =
        webhooks(NOON).stream()
            .flatMap(delivery -> delivery.notices().stream())
            .filter(notice -> notice.event() == NoticeEvent.ENDED_SECRET_USED)
            .map(notice -> notice.token().id())
            .toList();
    assertEquals(2, reported.size(), () -> "" + reported);
    assertEquals(Set.of(token.id(), personal.id()), Set.copyOf(reported));
  }

  @Test
  void usesOfEndedSecretsNameTheSecretAndTheClient() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    token.rotate(NOON, Duration.ZERO);
    token.rotate(NOON, Duration.ZERO);
    int events =
        store
            .recordUses(
                Map.of(
                    token.secret(1),
                    TokenUsage.of(UsageCount.NONE, 0, 0, 0, 1, NOON, "192.0.2.1"),
                    token.secret(2),
                    TokenUsage.of(UsageCount.NONE, 0, 0, 0, 1, NOON, null)))
            .size();
    assertEquals(2, events, "audit events");
    Set<Notice.SecretUse> uses = new HashSet<>();
    for (Delivery delivery : webhooks(NOON)) {
      Notice notice = delivery.notices().get(0);
      Notice.SecretUse use = notice.endedSecretUse();
      assertEquals(notice.event() == NoticeEvent.ENDED_SECRET_USED, use != null, "" + notice);
      if (use != null) {
        assertEquals("bsat_n3", notice.token().prefix(), "prefix of the current secret");
        uses.add(use);
      }
    }
    assertEquals(
        Set.of(
            new Notice.SecretUse("bsat_abcdefg", "192.0.2.1"),
            new Notice.SecretUse("bsat_n2", null)),
        uses);
  }

  @Test
  void thresholdsCountAnewAfterARotation() {
    ManualClock clock = new ManualClock(NOON);
    ServiceToken token = put(store, token("ci", group("platform"), days(-100), days(20)));
    DailyNoticeJob job = job(clock, ADDRESSES);
    List<String> sent = new ArrayList<>();
    for (int day = 0; day <= 121; day++) {
      if (day == 1) {
        SecretsOfToken.of(store, token).rotate(NOON, Duration.ofDays(30));
      }
      job.run(DutyCycle.CONTINUOUS);
      for (Delivery mail : mails(clock.instant())) {
        sent.add(day + ": " + contents(List.of(mail), mail.recipient()));
        deliveries.recordSent(mail, clock.instant());
      }
      clock.shift(Duration.ofDays(1));
    }
    assertEquals(
        List.of(
            "0: [ci 30 token.expiring]",
            "1: [ci null token.rotated]",
            "60: [ci 60 token.expiring]",
            "90: [ci 30 token.expiring]",
            "106: [ci 14 token.expiring]",
            "113: [ci 7 token.expiring]",
            "119: [ci 1 token.expiring]",
            "120: [ci null token.expired]"),
        sent);
  }

  /** A token that rotates itself daily and keeps its expiry. */
  @Test
  void rotationsThatKeepTheExpiryRepeatNoThreshold() {
    ManualClock clock = new ManualClock(NOON);
    ServiceToken token = put(store, token("ci", group("platform"), days(-70), days(20)));
    SecretsOfToken<ServiceToken> secrets = SecretsOfToken.of(store, token);
    DailyNoticeJob job = job(clock, ADDRESSES);
    List<String> sent = new ArrayList<>();
    for (int day = 0; day <= 21; day++) {
      if (day < 20) {
        secrets.rotateAndKeepExpiry(clock.instant(), Duration.ofHours(1));
      }
      job.run(DutyCycle.CONTINUOUS);
      for (Delivery mail : mails(clock.instant())) {
        for (Notice notice : mail.notices()) {
          if (notice.event() != NoticeEvent.ROTATED) {
            sent.add(day + ": " + notice.thresholdDays() + ' ' + notice.event().text());
          }
        }
        deliveries.recordSent(mail, clock.instant());
      }
      clock.shift(Duration.ofDays(1));
    }
    assertEquals(
        List.of(
            "0: 30 token.expiring",
            "6: 14 token.expiring",
            "13: 7 token.expiring",
            "19: 1 token.expiring",
            "20: null token.expired"),
        sent);
  }

  @Test
  void lifetimeBelongsToTheCurrentExpiry() throws SQLException {
    ServiceToken token = put(store, token("ci", group("platform"), days(-70), days(20)));
    assertEquals(Duration.ofDays(90), lifetime());
    SecretsOfToken<ServiceToken> secrets = SecretsOfToken.of(store, token);
    secrets.rotateAndKeepExpiry(days(-1), Duration.ofHours(1));
    assertEquals(Duration.ofDays(90), lifetime(), "after a rotation that keeps the expiry");
    sql.execute("update service_access_tokens set lifetime_millis = 1000");
    assertEquals(Duration.ofDays(21), lifetime(), "after PATCH has prolonged the token");
    sql.execute(
        "update service_access_tokens set lifetime_millis = null, secret_created_at = null");
    assertEquals(Duration.ofDays(90), lifetime(), "of a token of an earlier version");
  }

  private Duration lifetime() {
    List<ExpiringToken> found = daily.expiring(RawToken.Kind.SERVICE, NOON, days(60), null, 5);
    assertEquals(1, found.size(), () -> "" + found);
    return found.get(0).lifetime();
  }

  /** Writes a notice about a token that expires in ten days. The notice is not sent yet. */
  private SecretsOfToken<ServiceToken> withPendingNotice() {
    ServiceToken token = put(store, token("ci", group("platform"), days(-100), days(10)));
    webhooks(NOON).forEach(delivery -> deliveries.recordSent(delivery, NOON));
    job(new ManualClock(NOON), ADDRESSES).run(DutyCycle.CONTINUOUS);
    return SecretsOfToken.of(store, token);
  }

  /** Asserts whether pending notices about an expiry are sent by mail and by webhook. */
  private void assertExpiryIsSent(boolean expected) {
    for (List<Delivery> claimed : List.of(mails(NOON), webhooks(NOON))) {
      List<NoticeEvent> events =
          claimed.stream()
              .flatMap(delivery -> delivery.notices().stream())
              .map(Notice::event)
              .filter(event -> event != NoticeEvent.ROTATED && event != NoticeEvent.REVOKED)
              .toList();
      assertEquals(expected ? List.of(NoticeEvent.EXPIRING) : List.of(), events);
    }
  }

  private void use(SecretsOfToken<?> token, int secret) {
    TokenUsage use = TokenUsage.of(new UsageCount(1, NOON, null), 0, 0, null, null);
    assertEquals(List.of(), store.recordUses(Map.of(token.secret(secret), use)));
  }

  @Test
  void noticeAboutAReplacedSecretIsNotSentAfterAUseOfTheNewSecret() {
    SecretsOfToken<ServiceToken> token = withPendingNotice();
    token.rotate(NOON, Duration.ofHours(1));
    use(token, 2);
    assertExpiryIsSent(false);
  }

  @Test
  void noticeAboutAReplacedSecretIsSentWhileTheNewSecretIsUnused() {
    SecretsOfToken<ServiceToken> token = withPendingNotice();
    token.rotate(NOON, Duration.ofHours(1));
    use(token, 1);
    assertExpiryIsSent(true);
  }

  @Test
  void noticeIsSentAfterARotationThatKeepsTheExpiry() {
    SecretsOfToken<ServiceToken> token = withPendingNotice();
    token.rotateAndKeepExpiry(NOON, Duration.ofHours(1));
    use(token, 2);
    assertExpiryIsSent(true);
  }

  @Test
  void noticeAboutARevokedTokenIsNotSent() {
    withPendingNotice().revoke(NOON);
    assertExpiryIsSent(false);
  }

  @Test
  void noticeAboutAProlongedTokenIsNotSent() throws SQLException {
    withPendingNotice();
    sql.execute("update service_access_tokens set expires_at = '2026-12-31 00:00:00'");
    assertExpiryIsSent(false);
  }

  private PersonalToken personal(String name, Instant createdAt, Instant expiresAt) {
    PersonalToken token =
        new PersonalToken(
            UUID.randomUUID(),
            name,
            "bpat_abcdefg",
            DAVE,
            List.of(),
            createdAt,
            expiresAt,
            null,
            null,
            null);
    AuditEvent minted =
        new AuditEvent(
            UUID.randomUUID(), token.id(), AuditEvent.Type.MINTED, DAVE.toString(), Map.of(), NOON);
    store.personal().orElseThrow().create(token, digest(token.id()), minted, 100);
    return token;
  }

  @Test
  void noChangeIsCommittedWithoutItsNotice() throws SQLException {
    ServiceToken kept = put(store, token("kept"));
    ServiceToken lost = token("lost");
    sql.execute("alter table access_token_notices rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> put(store, lost));
      assertThrows(RuntimeException.class, () -> revoke(store, kept.id(), NOON));
    } finally {
      sql.execute("alter table elsewhere rename to access_token_notices");
    }
    assertEquals(Optional.empty(), store.find(lost.id()));
    assertEquals(Optional.of(kept), store.find(kept.id()));
  }

  @Test
  void noNoticeIsWrittenForAFailedChange() {
    ServiceToken token = put(store, token("ci"));
    ServiceToken again = token("ci");
    assertThrows(
        RuntimeException.class, () -> store.create(again, digest(again.id()), created(again)));
    assertEquals(
        List.of(token.id()),
        webhooks(NOON).stream().map(d -> d.notices().get(0).token().id()).toList());
  }

  @Test
  void storeWithoutChannelsWritesNoNotices() {
    try (HibernateTokenStore silent = new HibernateTokenStore(pool)) {
      ServiceToken token = put(silent, token("ci"));
      revoke(silent, token.id(), NOON);
    }
    assertEquals(List.of(), webhooks(NOON));
  }

  @Test
  void parallelReplicasAddEachDeliveryOnce() throws Exception {
    for (int i = 0; i < 30; i++) {
      put(store, token("n" + i));
    }
    List<Object> results =
        ConcurrentCalls.run(4, i -> () -> deliveries.addWebhookDeliveries(HOOK, NOON));
    assertTrue(results.stream().allMatch(Boolean.FALSE::equals), "" + results);
    assertEquals(30, webhooks(NOON).size());
  }

  @Test
  void parallelReplicasClaimEachDeliveryOnce() throws Exception {
    for (int i = 0; i < 30; i++) {
      put(store, token("n" + i));
    }
    deliveries.addWebhookDeliveries(HOOK, NOON);
    List<Object> results =
        ConcurrentCalls.run(
            4,
            i ->
                () -> {
                  List<UUID> claimed = new ArrayList<>();
                  for (int n = 0; n < 40; n++) {
                    deliveries
                        .claimWebhooks("hook", 3, NOON, LEASE)
                        .forEach(delivery -> claimed.add(delivery.id()));
                  }
                  return claimed;
                });
    List<Object> claimed = new ArrayList<>();
    results.forEach(result -> claimed.addAll((List<?>) result));
    assertEquals(30, claimed.size());
    assertEquals(30, Set.copyOf(claimed).size());
  }

  @Test
  void claimEndsWithItsLease() {
    put(store, token("ci"));
    Delivery lost = webhooks(NOON).get(0);
    assertEquals(List.of(), webhooks(NOON.plus(LEASE)), "the claim has not ended");
    Instant later = NOON.plus(LEASE).plusMillis(1);
    Delivery taken = webhooks(later).get(0);
    assertEquals(lost.id(), taken.id());
    assertEquals(lost.notices(), taken.notices());
    assertFalse(deliveries.recordSent(lost, later), "a lost claim records no result");
    assertFalse(deliveries.recordRetry(lost, "late", later), "a lost claim records no failure");
    assertFalse(deliveries.recordAbandoned(lost, "late", later), "a lost claim abandons nothing");
    deliveries.release(lost);
    assertTrue(deliveries.recordSent(taken, later), "the current claim records its result");
    assertEquals(List.of(), webhooks(later.plus(LEASE).plus(LEASE)));
  }

  @Test
  void failedDeliveryIsDueAgainAtItsNextAttempt() {
    put(store, token("ci"));
    Delivery first = webhooks(NOON).get(0);
    Instant next = NOON.plusSeconds(5);
    assertTrue(deliveries.recordRetry(first, "x".repeat(500), next), "recorded");
    assertEquals(List.of(), webhooks(next.minusMillis(1)));
    Delivery second = webhooks(next).get(0);
    assertEquals(first.id(), second.id());
    assertEquals(1, second.attempts());
    deliveries.release(second);
    Delivery third = webhooks(next).get(0);
    assertEquals(1, third.attempts(), "a release is no attempt");
    assertTrue(deliveries.recordAbandoned(third, "never", next), "recorded");
    assertEquals(List.of(), webhooks(next.plus(LEASE).plus(LEASE)));
  }

  /** Another replica claimed the delivery and failed, after this replica had read the delivery. */
  @Test
  void claimRespectsADelayThatAnotherReplicaHasSet() {
    put(store, token("ci"));
    Delivery failed = webhooks(NOON).get(0);
    Instant next = NOON.plusSeconds(5);
    assertTrue(deliveries.recordRetry(failed, "down", next), "recorded");
    DeliveryClaims late = ((JdbcDeliveryStore) deliveries).claims;
    List<String> due = List.of(failed.id().toString());
    assertEquals(List.of(), late.claim(due, next.minusMillis(1), LEASE));
    assertEquals(1, late.claim(due, next, LEASE).size());
  }

  @Test
  void onlyAttemptsAreCounted() throws SQLException {
    for (String name : List.of("sent", "abandoned", "cancelled", "omitted")) {
      put(store, token(name));
    }
    for (Delivery delivery : webhooks(NOON)) {
      switch (delivery.notices().get(0).token().name()) {
        case "sent" -> deliveries.recordSent(delivery, NOON);
        case "abandoned" -> deliveries.recordAbandoned(delivery, "never", NOON);
        case "cancelled" -> deliveries.recordCancelled(delivery, "ended", NOON);
        default -> deliveries.recordOmitted(delivery, NOON);
      }
    }
    String from = "access_token_notice_deliveries where ";
    assertEquals(1, sql.count(from + "state = 'sent' and attempts = 1"));
    assertEquals(1, sql.count(from + "state = 'failed' and attempts = 1"));
    assertEquals(1, sql.count(from + "state = 'failed' and attempts = 0 and last_error = 'ended'"));
    assertEquals(1, sql.count(from + "state = 'omitted' and attempts = 0"));
  }

  @Test
  void disabledEndpointGetsNoFurtherDeliveries() {
    for (int i = 0; i < 3; i++) {
      put(store, token("n" + i));
    }
    deliveries.addWebhookDeliveries(HOOK, NOON);
    assertEquals(3, deliveries.queue(NOON.plusSeconds(9)).length());
    assertEquals(Duration.ofSeconds(9), deliveries.queue(NOON.plusSeconds(9)).age());
    deliveries.disableEndpoint("hook", "a1", "gone", NOON);
    deliveries.disableEndpoint("hook", "a1", "gone", NOON);
    assertTrue(deliveries.isDisabled("hook", "a1"), "disabled");
    assertFalse(deliveries.isDisabled("hook", "b2"), "another URL is not disabled");
    assertEquals(List.of(), webhooks(NOON));
    assertEquals(0, deliveries.queue(NOON).length());
    assertEquals(Duration.ZERO, deliveries.queue(NOON).age());
  }

  // The daily job.

  private DailyNoticeJob job(ManualClock clock, MailDirectory directory) {
    return job(clock, directory, new ExpiryThresholds(List.of(60, 30, 14, 7, 1)));
  }

  private DailyNoticeJob job(
      ManualClock clock, MailDirectory directory, ExpiryThresholds thresholds) {
    return job(daily, clock, directory, thresholds);
  }

  /** Returns a job that writes its notices with ascending ids. */
  private DailyNoticeJob job(
      DailyNoticeStore notices,
      ManualClock clock,
      MailDirectory directory,
      ExpiryThresholds thresholds) {
    return new DailyNoticeJob(
        notices,
        thresholds,
        new NoticeRouting(ALL, true),
        directory,
        Duration.ofHours(6),
        clock,
        new UuidGenerator(() -> lastId.addAndGet(0x10000)));
  }

  /** A directory in which each group and user has the address of its name. */
  private static final MailDirectory ADDRESSES = directory(owner -> {});

  /**
   * Returns a directory in which each group and user has the address of its name.
   *
   * @param lookUps is called at each look-up, and can throw an exception
   */
  private static MailDirectory directory(Consumer<EntityRef> lookUps) {
    return new MailDirectory() {
      @Override
      public Optional<String> addressOf(EntityRef owner) {
        lookUps.accept(owner);
        return Optional.of(owner.name() + "@example.com");
      }

      @Override
      public Set<EntityRef> membersOf(EntityRef group) {
        return Set.of();
      }
    };
  }

  private static DirectoryUnavailableException down() {
    return new DirectoryUnavailableException("down", null);
  }

  private List<Delivery> mails(Instant now) {
    List<Delivery> all = new ArrayList<>();
    List<Delivery> some;
    do {
      some = deliveries.claimMails(10, now, LEASE);
      all.addAll(some);
    } while (!some.isEmpty());
    return all;
  }

  @Test
  void dailyJobSendsOneMailForEachAddress() {
    ManualClock clock = new ManualClock(NOON);
    Instant now = clock.instant();
    put(store, token("soon", group("platform"), days(-100), days(10)));
    put(store, token("sooner", group("platform"), days(-100), days(1)));
    put(store, token("other", group("payments"), days(-100), days(29)));
    put(store, token("later", group("payments"), days(-100), days(61)));
    put(store, token("short", group("payments"), days(-1), days(6)));
    put(store, token("over", group("payments"), days(-100), NOON));
    put(store, token("long-over", group("payments"), days(-100), days(-8)));
    personal("laptop", days(-30), days(5));
    assertEquals(List.of(), mails(now));
    job(clock, ADDRESSES).run(DutyCycle.CONTINUOUS);
    List<Delivery> mails = mails(now);
    assertEquals(3, mails.size());
    assertEquals(
        List.of("sooner 1 token.expiring", "soon 14 token.expiring"),
        contents(mails, "platform@example.com"));
    assertEquals(
        List.of("over null token.expired", "other 30 token.expiring"),
        contents(mails, "payments@example.com"));
    assertEquals(List.of("laptop 7 token.expiring"), contents(mails, "dave@example.com"));
    mails.forEach(mail -> assertTrue(deliveries.recordSent(mail, now), "recorded"));
  }

  private static Instant days(int days) {
    return NOON.plus(Duration.ofDays(days));
  }

  private static List<String> contents(List<Delivery> mails, String recipient) {
    Delivery mail =
        mails.stream().filter(one -> one.recipient().equals(recipient)).findFirst().orElseThrow();
    assertEquals(Channel.MAIL, mail.channel());
    assertEquals(mail.notices().size(), mail.total());
    return mail.notices().stream()
        .map(n -> n.token().name() + ' ' + n.thresholdDays() + ' ' + n.event().text())
        .toList();
  }

  @Test
  void thresholdIsReportedOnce() {
    ManualClock clock = new ManualClock(NOON);
    put(store, token("ci", group("platform"), days(-100), days(20)));
    DailyNoticeJob job = job(clock, ADDRESSES);
    List<String> sent = new ArrayList<>();
    for (int day = 0; day < 30; day++) {
      job.run(DutyCycle.CONTINUOUS);
      job.run(DutyCycle.CONTINUOUS);
      for (Delivery mail : mails(clock.instant())) {
        sent.add(day + ": " + contents(List.of(mail), mail.recipient()));
        deliveries.recordSent(mail, clock.instant());
      }
      clock.shift(Duration.ofDays(1));
    }
    assertEquals(
        List.of(
            "0: [ci 30 token.expiring]",
            "6: [ci 14 token.expiring]",
            "13: [ci 7 token.expiring]",
            "19: [ci 1 token.expiring]",
            "20: [ci null token.expired]"),
        sent);
  }

  @Test
  void outdatedNoticesAreNotMailed() {
    ManualClock clock = new ManualClock(NOON);
    ServiceToken revoked = put(store, token("one", group("platform"), days(-100), days(10)));
    put(store, token("two", group("platform"), days(-100), days(11)));
    ServiceToken alone = put(store, token("three", group("payments"), days(-100), days(10)));
    job(clock, ADDRESSES).run(DutyCycle.CONTINUOUS);
    revoke(store, revoked.id(), NOON);
    revoke(store, alone.id(), NOON);
    List<Delivery> mails = mails(clock.instant());
    assertEquals(List.of("two 14 token.expiring"), contents(mails, "platform@example.com"));
    assertEquals(List.of(), contents(mails, "payments@example.com"));
    mails.forEach(mail -> deliveries.recordOmitted(mail, NOON));
    assertEquals(List.of(), mails(NOON.plus(LEASE).plus(LEASE)));
  }

  @Test
  void jobOfADayHasOneClaim() {
    LocalDate day = LocalDate.parse("2026-03-01");
    UUID claim = daily.claim(day, NOON, LEASE).orElseThrow();
    assertEquals(Optional.empty(), daily.claim(day, NOON.plus(LEASE), LEASE));
    Instant later = NOON.plus(LEASE).plusMillis(1);
    UUID taken = daily.claim(day, later, LEASE).orElseThrow();
    assertFalse(daily.add(claim, List.of(), later, LEASE), "a lost claim adds nothing");
    assertFalse(
        daily.addMailDeliveries(claim, day, Map.of(), later, LEASE), "a lost claim adds nothing");
    assertFalse(daily.complete(claim, day), "a lost claim completes nothing");
    daily.release(claim);
    assertTrue(daily.complete(taken, day), "the claim completes the job");
    assertEquals(Optional.empty(), daily.claim(day, later, LEASE));
    assertTrue(daily.claim(day.plusDays(1), later, LEASE).isPresent(), "the next day");
  }

  /** For example, a partial restore has left the row out. */
  @Test
  void missingRowOfTheJobIsCreatedAgain() throws SQLException {
    LocalDate day = LocalDate.parse("2026-03-01");
    sql.execute("delete from access_token_notice_job");
    try (RecordedLog log = new RecordedLog(JdbcDailyNoticeStore.class)) {
      assertEquals(Optional.empty(), daily.claim(day, NOON, LEASE));
      UUID claim = daily.claim(day, NOON, LEASE).orElseThrow();
      assertTrue(daily.complete(claim, day), "the claim completes the job");
      assertEquals(Optional.empty(), daily.claim(day, NOON, LEASE));
      assertEquals(1, log.lines().size(), log.lines()::toString);
      assertTrue(log.lines().get(0).contains("access_token_notice_job"), log.lines()::toString);
    }
  }

  /** For example, the job has a defect. The claim then does not last until its end. */
  @Test
  void jobThatHasFailedIsRepeatedAtOnce() {
    ManualClock clock = new ManualClock(NOON);
    put(store, token("ci", group("platform"), days(-100), days(20)));
    AtomicBoolean fails = new AtomicBoolean(true);
    DailyNoticeJob job =
        job(
            clock,
            directory(
                owner -> {
                  if (fails.get()) {
                    throw new IllegalStateException("of the test");
                  }
                }));
    assertThrows(IllegalStateException.class, () -> job.run(DutyCycle.CONTINUOUS));
    assertThrows(IllegalStateException.class, () -> job.run(DutyCycle.CONTINUOUS));
    fails.set(false);
    job.run(DutyCycle.CONTINUOUS);
    assertEquals(1, mails(clock.instant()).size());
  }

  @Test
  void manyDeliveriesDelayNoUrgentDelivery() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    for (int i = 0; i < 12; i++) {
      token.rotate(NOON, Duration.ZERO);
    }
    deliveries.addWebhookDeliveries(HOOK, NOON);
    Instant later = NOON.plusSeconds(60);
    TokenUsage use = TokenUsage.of(UsageCount.NONE, 0, 0, 0, 1, later, "192.0.2.1");
    assertEquals(1, store.recordUses(Map.of(token.secret(1), use)).size());
    deliveries.addWebhookDeliveries(HOOK, later);
    NoticeQuery newest = new NoticeQuery(Optional.empty(), Optional.empty(), Optional.empty(), 1);
    NoticeReport reported = store.noticeReports().list(newest, NOON).get(0);
    assertEquals(later, reported.deliveries().get(0).nextAttemptAt());
    Delivery first = deliveries.claimWebhooks("hook", 1, later, LEASE).get(0);
    assertEquals(NoticeEvent.ENDED_SECRET_USED, first.notices().get(0).event());
  }

  @Test
  void statementsAreTheSameForAllDeliveries() {
    put(store, token("ci"));
    RecordingDataSource recorded = new RecordingDataSource(pool);
    try (HibernateTokenStore watched = new HibernateTokenStore(recorded)) {
      watched.deliveries().addWebhookDeliveries(HOOK, NOON);
      Delivery claimed = watched.deliveries().claimWebhooks("hook", 1, NOON, LEASE).get(0);
      assertEquals(1, claimed.notices().size());
      assertEquals(
          List.of(),
          recorded.statements().stream()
              .filter(statement -> statement.contains(claimed.id().toString()))
              .toList());
    }
  }

  @Test
  void claimOfADeliveryByAWrongClockIsIgnored() {
    put(store, token("ci"));
    deliveries.addWebhookDeliveries(HOOK, NOON);
    Delivery ahead = deliveries.claimWebhooks("hook", 1, NOON.plus(LEASE), LEASE).get(0);
    assertEquals(List.of(), webhooks(NOON), "a fast clock");
    deliveries.release(ahead);
    Delivery wrong = deliveries.claimWebhooks("hook", 1, days(30), LEASE).get(0);
    Delivery taken = webhooks(NOON).get(0);
    assertEquals(wrong.id(), taken.id());
    assertFalse(deliveries.recordSent(wrong, days(30)), "the claim was lost");
  }

  @Test
  void attemptPlannedByAWrongClockIsDue() {
    put(store, token("failed"));
    Delivery failed = webhooks(NOON).get(0);
    assertTrue(
        deliveries.recordRetry(failed, "down", NOON.plus(DeliveryStore.MAX_DELAY)), "recorded");
    assertEquals(List.of(), webhooks(NOON), "a long delay");
    assertEquals(failed.id(), webhooks(NOON.minusMillis(1)).get(0).id());
    put(store, token("added"));
    deliveries.addWebhookDeliveries(HOOK, days(30));
    assertEquals(1, webhooks(NOON).size());
  }

  @Test
  void mailOfAWrongClockIsDueUnlessAJobRuns() {
    LocalDate day = LocalDate.parse("2026-03-01");
    put(store, token("ci", group("platform"), days(-100), days(40)));
    job(new ManualClock(days(30)), ADDRESSES).run(DutyCycle.CONTINUOUS);
    UUID claim = daily.claim(day, NOON, LEASE).orElseThrow();
    assertEquals(List.of(), mails(NOON), "a job runs");
    assertTrue(daily.complete(claim, day), "the claim completes the job");
    assertEquals(List.of("ci 14 token.expiring"), contents(mails(NOON), "platform@example.com"));
  }

  @Test
  void claimOfTheJobByAWrongClockIsIgnored() {
    LocalDate day = LocalDate.parse("2026-03-01");
    UUID ahead = daily.claim(day, NOON.plus(LEASE), LEASE).orElseThrow();
    assertIsClaimed(NOON);
    daily.release(ahead);
    UUID wrong = daily.claim(day, days(30), LEASE).orElseThrow();
    UUID taken = daily.claim(day, NOON, LEASE).orElseThrow();
    assertFalse(daily.extend(wrong, days(30), LEASE), "the claim was lost");
    daily.release(taken);
  }

  @Test
  void jobOfTheNextDayCountsAsDone() {
    LocalDate day = LocalDate.parse("2026-03-01");
    UUID next = daily.claim(day.plusDays(1), days(1), LEASE).orElseThrow();
    assertTrue(daily.complete(next, day.plusDays(1)), "the claim completes the job");
    assertIsClaimed(NOON);
  }

  /** The job of a day is complete. It then runs with a wrong clock, and then again on this day. */
  @Test
  void jobRunsAgainAfterAWrongClockAndRepeatsNoMail() {
    ManualClock clock = new ManualClock(NOON);
    ManualClock wrong = new ManualClock(days(12));
    put(store, token("old", group("platform"), days(-100), days(10)));
    assertEquals(List.of("old 14 token.expiring"), mailOfPlatform(clock));
    assertEquals(List.of("old null token.expired"), mailOfPlatform(wrong));
    put(store, token("new", group("platform"), days(-100), days(10)));
    try (RecordedLog log = new RecordedLog(JdbcDailyNoticeStore.class)) {
      assertEquals(List.of("new 14 token.expiring"), mailOfPlatform(clock));
      assertEquals(1, log.lines().size(), () -> "" + log.lines());
      assertTrue(
          log.lines().get(0).startsWith("WARNING the notices of 2026-03-13 "),
          () -> "" + log.lines());
      assertEquals(List.of(), mailOfPlatform(clock));
      assertEquals(1, log.lines().size(), () -> "" + log.lines());
    }
    clock.shift(Duration.ofDays(3));
    assertEquals(
        List.of("new 7 token.expiring", "old 7 token.expiring"),
        mailOfPlatform(clock).stream().sorted().toList());
  }

  /** Runs the job and sends its mails. Returns the notices in the mails. */
  private List<String> mailOfPlatform(ManualClock clock) {
    job(clock, ADDRESSES).run(DutyCycle.CONTINUOUS);
    List<String> sent = new ArrayList<>();
    for (Delivery mail : mails(clock.instant())) {
      sent.addAll(contents(List.of(mail), "platform@example.com"));
      deliveries.recordSent(mail, clock.instant());
    }
    return sent;
  }

  @Test
  void unavailableDirectoryDelaysTheMailsOfItsOwners() {
    ManualClock clock = new ManualClock(NOON);
    put(store, token("one", group("platform"), days(-100), days(10)));
    put(store, token("two", group("payments"), days(-100), days(10)));
    MailDirectory broken =
        directory(
            owner -> {
              if (owner.name().equals("payments")) {
                throw down();
              }
            });
    DailyNoticeJob job = job(clock, broken);
    job.run(DutyCycle.CONTINUOUS);
    assertEquals(List.of(), mails(clock.instant()), "the mails wait for the directory");
    clock.shift(DailyNoticeJob.DIRECTORY_WAIT);
    job.run(DutyCycle.CONTINUOUS);
    List<Delivery> mails = mails(clock.instant());
    assertEquals(1, mails.size());
    assertEquals(List.of("one 14 token.expiring"), contents(mails, "platform@example.com"));
    clock.shift(Duration.ofDays(1));
    job(clock, ADDRESSES).run(DutyCycle.CONTINUOUS);
    assertEquals(
        List.of("two 14 token.expiring"),
        contents(
            mails(clock.instant()).stream()
                .filter(mail -> mail.recipient().startsWith("payments"))
                .toList(),
            "payments@example.com"));
  }

  @Test
  void directoryIsTriedAtOnceAfterAFastClockIsCorrected() {
    ManualClock clock = new ManualClock(days(3));
    put(store, token("ci", group("platform"), days(-100), days(10)));
    AtomicBoolean isDown = new AtomicBoolean(true);
    DailyNoticeJob job =
        job(
            clock,
            directory(
                owner -> {
                  if (isDown.get()) {
                    throw down();
                  }
                }));
    job.run(DutyCycle.CONTINUOUS);
    assertEquals(List.of(), mails(clock.instant()), "the mail waits for the directory");
    isDown.set(false);
    clock.shift(Duration.ofDays(-3));
    job.run(DutyCycle.CONTINUOUS);
    assertEquals(1, mails(clock.instant()).size());
  }

  @Test
  void failingOwnersDoNotBlockOtherOwners() {
    ManualClock clock = new ManualClock(NOON);
    for (int i = 0; i < 7; i++) {
      for (String name : List.of("a" + i, "b" + i)) {
        put(store, token(name, group("broken" + i), days(-100), days(8).plusSeconds(i)));
      }
    }
    put(store, token("good", group("platform"), days(-100), days(9)));
    List<String> lookUps = new ArrayList<>();
    Set<String> recovered = new HashSet<>();
    DailyNoticeJob job =
        job(
            clock,
            directory(
                owner -> {
                  lookUps.add(owner.name());
                  if (owner.name().startsWith("broken") && !recovered.contains(owner.name())) {
                    throw down();
                  }
                }));
    List<List<String>> tries = new ArrayList<>();
    for (int minutes = 0; minutes <= 60; minutes += 5) {
      job.run(DutyCycle.CONTINUOUS);
      tries.add(List.copyOf(lookUps));
      lookUps.clear();
      recovered.addAll(minutes == 20 ? List.of("broken6") : List.of());
      clock.shift(Duration.ofMinutes(5));
    }
    assertEquals(
        List.of(
            List.of("broken0", "broken1", "broken2"),
            List.of("broken0", "broken1", "broken2", "broken3", "broken4", "broken5"),
            List.of("broken0", "broken1", "broken2", "broken6", "platform"),
            List.of("broken3", "broken4", "broken5"),
            List.of("broken0", "broken1", "broken2"),
            List.of("broken6", "broken3", "broken4", "broken5"),
            List.of("broken0", "broken1", "broken2")),
        tries.subList(0, 7),
        "look-ups of each try");
    assertEquals(
        List.of("broken6@example.com", "platform@example.com"),
        mails(clock.instant()).stream().map(Delivery::recipient).sorted().toList());
  }

  /** A connection to a catalog refuses all requests for one second after a failure. */
  @Test
  void failureOfOneOwnerDoesNotAffectTheNextOwners() {
    ManualClock clock = new ManualClock(NOON);
    put(store, token("one", group("broken"), days(-100), days(8)));
    put(store, token("two", group("platform"), days(-100), days(9)));
    put(store, token("three", group("payments"), days(-100), days(10)));
    AtomicLong failedAt =
        new AtomicLong(System.nanoTime() - DailyNoticeJob.DIRECTORY_WAIT.toNanos());
    DailyNoticeJob job =
        job(
            clock,
            directory(
                owner -> {
                  if (System.nanoTime() - failedAt.get() < Duration.ofSeconds(1).toNanos()) {
                    throw down();
                  }
                  if (owner.name().equals("broken")) {
                    failedAt.set(System.nanoTime());
                    throw down();
                  }
                }));
    job.run(DutyCycle.TENTH);
    clock.shift(DailyNoticeJob.DIRECTORY_WAIT);
    job.run(DutyCycle.TENTH);
    assertEquals(
        Set.of("platform@example.com", "payments@example.com"),
        mails(clock.instant()).stream().map(Delivery::recipient).collect(Collectors.toSet()));
  }

  private void assertIsClaimed(Instant now) {
    assertEquals(
        Optional.empty(),
        daily.claim(LocalDate.parse("2026-03-01"), now, LEASE),
        "claim at " + now);
  }

  @Test
  void slowLookUpsKeepTheClaim() {
    ManualClock clock = new ManualClock(NOON);
    for (int i = 0; i < 10; i++) {
      put(store, token("n" + i, group("g" + i), days(-100), days(10)));
    }
    MailDirectory slow =
        directory(
            owner -> {
              clock.shift(Duration.ofMinutes(1));
              assertIsClaimed(clock.instant());
            });
    job(clock, slow).run(DutyCycle.CONTINUOUS);
    assertEquals(10, mails(clock.instant()).size());
  }

  @Test
  void longScanKeepsTheClaim() {
    ManualClock clock = new ManualClock(NOON);
    put(store, token("ci", group("platform"), days(-100), days(10)));
    DailyNoticeStore slow =
        TestDouble.around(
            DailyNoticeStore.class,
            daily,
            call -> {
              if (call.name().equals("expiring")) {
                clock.shift(Duration.ofMinutes(4));
                assertIsClaimed(clock.instant());
              }
              return call.proceed();
            });
    DailyNoticeJob job = job(slow, clock, ADDRESSES, new ExpiryThresholds(List.of(1)));
    job.run(DutyCycle.CONTINUOUS);
    clock.shift(LEASE.multipliedBy(2));
    assertEquals(
        Optional.empty(),
        daily.claim(LocalDate.parse("2026-03-01"), clock.instant(), LEASE),
        "the job is complete");
  }

  @Test
  void pagesOfTokensHaveNoGapsAndNoRepetitions() {
    for (int i = 0; i < 12; i++) {
      put(store, token("n" + i, group("platform"), days(-100), days(10 + i / 6)));
    }
    List<ExpiringToken> all = new ArrayList<>();
    NoticeToken last = null;
    List<ExpiringToken> page;
    do {
      page = daily.expiring(RawToken.Kind.SERVICE, NOON, days(60), last, 5);
      all.addAll(page);
      last = page.isEmpty() ? null : page.get(page.size() - 1).token();
    } while (page.size() == 5);
    assertEquals(12, all.size());
    assertEquals(12, Set.copyOf(all).size());
  }

  @Test
  void previewChangesNothing() {
    ManualClock clock = new ManualClock(NOON);
    put(store, token("ci", group("platform"), days(-100), days(20)));
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      job(clock, ADDRESSES)
          .preview(
              days(13),
              (notice, addresses, isWritten) ->
                  shown.add(notice.event().text() + ' ' + addresses + ' ' + isWritten));
    }
    assertEquals(
        List.of(
            "token.expiring [platform@example.com] false",
            "token.expiring [platform@example.com] false"),
        shown);
    assertEquals(List.of(), daily.withoutMailDeliveries(null, 10));
  }

  @Test
  void oldNoticesAreDeleted() throws SQLException {
    put(store, token("ci"));
    Delivery delivery = webhooks(NOON).get(0);
    deliveries.recordSent(delivery, NOON);
    put(store, token("pending"));
    deliveries.addWebhookDeliveries(HOOK, NOON);
    deliveries.trim(NOON.plus(DeliveryStore.RETENTION));
    assertEquals(2, sql.count("access_token_notice_deliveries"));
    deliveries.trim(NOON.plus(DeliveryStore.RETENTION).plusMillis(1));
    for (String table :
        List.of(
            "access_token_notices",
            "access_token_notice_deliveries",
            "access_token_notice_items")) {
      assertEquals(0, sql.count(table), table);
    }
  }

  @Test
  void longThresholdIsReportedOnceUntilTheExpiry() throws SQLException {
    put(store, token("ci", group("platform"), days(-1), days(399)));
    webhooks(NOON).forEach(delivery -> deliveries.recordSent(delivery, NOON));
    ManualClock clock = new ManualClock(days(34));
    DailyNoticeJob job = job(clock, ADDRESSES, new ExpiryThresholds(List.of(365)));
    List<String> sent = new ArrayList<>();
    for (int day = 34; day <= 400; day += 61) {
      job.run(DutyCycle.CONTINUOUS);
      for (Delivery mail : mails(clock.instant())) {
        sent.add(day + ": " + contents(List.of(mail), mail.recipient()));
        deliveries.recordSent(mail, clock.instant());
      }
      deliveries.trim(clock.instant());
      clock.shift(Duration.ofDays(61));
    }
    assertEquals(List.of("34: [ci 365 token.expiring]", "400: [ci null token.expired]"), sent);
    NoticeQuery all = new NoticeQuery(Optional.empty(), Optional.empty(), Optional.empty(), 10);
    assertEquals(
        1, store.noticeReports().list(all, days(400).minus(DeliveryStore.RETENTION)).size());
    deliveries.trim(days(399).plus(DeliveryStore.RETENTION));
    assertEquals(2, sql.count("access_token_notices"));
    deliveries.trim(days(399).plus(DeliveryStore.RETENTION).plusMillis(1));
    assertEquals(1, sql.count("access_token_notices where event = 'token.expired'"));
    assertEquals(1, sql.count("access_token_notices"));
  }
}
