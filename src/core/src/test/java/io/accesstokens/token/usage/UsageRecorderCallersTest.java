package io.accesstokens.token.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.UseLimits;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that {@link UsageRecorder} counts uses by client, with bounds. */
class UsageRecorderCallersTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

  private final SummingTokenStore store = new SummingTokenStore();
  private final UsageRecorder uses = recorder(true);

  private UsageRecorder recorder(boolean callers) {
    return new UsageRecorder(store, AuditListener.NONE, Clock.fixed(NOON, ZoneOffset.UTC), callers);
  }

  private static SecretId secret() {
    return new SecretId(UUID.randomUUID(), 1);
  }

  private static Verification.Accepted accepted(SecretId secret, String ownerKind) {
    return new Verification.Accepted(
        secret.tokenId(),
        "s",
        new EntityRef(ownerKind, "default", "platform"),
        List.of(),
        null,
        NOON.plusSeconds(60),
        UseLimits.NONE,
        new PresentedSecret(secret, false, false));
  }

  private static Verification.Accepted accepted(SecretId secret) {
    return accepted(secret, EntityRef.GROUP);
  }

  private static Verification.Refused refused(SecretId secret, Verification.Reason reason) {
    return new Verification.Refused(reason, Optional.of(secret.tokenId()), secret.number());
  }

  private static TokenCaller caller(
      boolean accepted, @Nullable String address, @Nullable String client, long count) {
    return new TokenCaller(new TokenCaller.Key(1, accepted, address, client), count, NOON);
  }

  private void failWrites() {
    store.before =
        batch -> {
          throw new StoreUnavailableException("down", null);
        };
  }

  @Test
  void usesAreCountedByAddressProductAndOutcome() {
    SecretId secret = secret();
    uses.accepted(accepted(secret), new ClientInfo("192.0.2.1", "curl/8.5.0 (x)"));
    uses.accepted(accepted(secret), new ClientInfo("192.0.2.1", "curl/8.5.0"));
    uses.accepted(accepted(secret), new ClientInfo("192.0.2.1", "wget/1"));
    uses.accepted(accepted(secret), new ClientInfo("192.0.2.2", "curl/8.5.0"));
    uses.accepted(accepted(secret), ClientInfo.UNKNOWN);
    uses.refused(
        refused(secret, Verification.Reason.REVOKED), new ClientInfo("192.0.2.1", "curl/8.5.0"));
    uses.refused(
        refused(secret, Verification.Reason.ADDRESS), new ClientInfo("192.0.2.1", "curl/8.5.0"));
    assertEquals(List.of(), store.callers(secret), "nothing is written by a request");
    uses.flush();
    assertEquals(
        Set.of(
            caller(true, "192.0.2.1", "curl/8.5.0", 2),
            caller(true, "192.0.2.1", "wget/1", 1),
            caller(true, "192.0.2.2", "curl/8.5.0", 1),
            caller(true, null, null, 1),
            caller(false, "192.0.2.1", "curl/8.5.0", 2)),
        Set.copyOf(store.callers(secret)));
    uses.accepted(accepted(secret), new ClientInfo("192.0.2.2", "curl/8.5.0"));
    uses.flush();
    assertTrue(
        store.callers(secret).contains(caller(true, "192.0.2.2", "curl/8.5.0", 2)),
        () -> "" + store.callers(secret));
  }

  @Test
  void uncountedRefusalsHaveNoCaller() {
    SecretId secret = secret();
    uses.refused(refused(secret, Verification.Reason.UNKNOWN), ClientInfo.at("192.0.2.1"));
    uses.refused(refused(secret, Verification.Reason.OWNER_GONE), ClientInfo.at("192.0.2.1"));
    uses.recordUse(secret.tokenId());
    uses.flush();
    assertEquals(List.of(), store.callers(secret));
    assertEquals(List.of(), store.callers(new SecretId(secret.tokenId(), SecretId.UNKNOWN)));
  }

  @Test
  void personalTokensHaveNoAcceptedCallers() {
    SecretId secret = secret();
    uses.accepted(accepted(secret, EntityRef.USER), ClientInfo.at("192.0.2.1"));
    uses.flush();
    assertEquals(1, store.usage(secret).accepted().count());
    assertEquals(List.of(), store.callers(secret));
  }

  @Test
  void nothingIsGatheredIfTurnedOff() {
    SecretId secret = secret();
    UsageRecorder off = recorder(false);
    off.accepted(accepted(secret), new ClientInfo("192.0.2.1", "curl/8"));
    off.refused(refused(secret, Verification.Reason.EXPIRED), ClientInfo.at("192.0.2.1"));
    off.flush();
    assertEquals(1, store.usage(secret).accepted().count());
    assertEquals(1, store.usage(secret).expired());
    assertEquals(List.of(), store.callers(secret));
  }

  @Test
  void unusualAddressIsStoredInABoundedForm() {
    SecretId secret = secret();
    for (String address : List.of("", "a b", "a\u0000", "k\u00fcche", " ", "\ud83d")) {
      uses.accepted(accepted(secret), ClientInfo.at(address));
    }
    uses.accepted(accepted(secret), ClientInfo.at("x".repeat(1_000)));
    uses.accepted(accepted(secret), ClientInfo.at("fe80::1%eth0"));
    uses.flush();
    assertEquals(
        Set.of(
            caller(true, null, null, 6),
            caller(true, "x".repeat(UsageCount.MAX_ADDRESS_LENGTH), null, 1),
            caller(true, "fe80::1%eth0", null, 1)),
        Set.copyOf(store.callers(secret)));
  }

  @Test
  void callersOfASecretAreBounded() {
    SecretId secret = secret();
    for (int i = 0; i < 1_000; i++) {
      uses.refused(refused(secret, Verification.Reason.REVOKED), ClientInfo.at("10.0.0." + i));
      uses.accepted(accepted(secret), new ClientInfo("192.0.2.1", "a" + i));
    }
    List<TokenUsage> written = new ArrayList<>();
    store.before = batch -> written.addAll(batch.values());
    uses.flush();
    TokenUsage usage = written.get(0);
    assertEquals(1_000, usage.accepted().count());
    assertEquals(1_000, usage.revoked());
    assertEquals(40, usage.callers().size());
    assertEquals(20, usage.callers().stream().filter(caller -> caller.key().accepted()).count());
  }

  @Test
  void callersStayBoundedDuringAnOutage() {
    SecretId secret = secret();
    failWrites();
    for (int i = 0; i < 10; i++) {
      for (int n = 0; n < 20; n++) {
        ClientInfo client = new ClientInfo("192.0.2.1", "a" + i + '-' + n);
        uses.refused(refused(secret, Verification.Reason.REVOKED), client);
        uses.accepted(accepted(secret), client);
      }
      assertThrows(StoreUnavailableException.class, uses::flush);
    }
    List<TokenUsage> written = new ArrayList<>();
    store.before = batch -> written.addAll(batch.values());
    uses.flush();
    assertEquals(200, written.get(0).accepted().count());
    assertEquals(40, written.get(0).callers().size());
  }

  @Test
  void callersOfAllSecretsAreBounded() {
    failWrites();
    int secrets = UsageRecorder.MAX_CALLERS / TokenCaller.MAX + 100;
    List<SecretId> used = new ArrayList<>();
    for (int i = 0; i < secrets; i++) {
      SecretId secret = secret();
      used.add(secret);
      for (int n = 0; n < TokenCaller.MAX; n++) {
        ClientInfo client = new ClientInfo("192.0.2.1", "a" + n);
        uses.refused(refused(secret, Verification.Reason.REVOKED), client);
        uses.accepted(accepted(secret), client);
      }
    }
    assertThrows(StoreUnavailableException.class, uses::flush);
    SecretId late = secret();
    uses.accepted(accepted(late), ClientInfo.at("192.0.2.1"));
    uses.refused(refused(late, Verification.Reason.REVOKED), ClientInfo.at("192.0.2.1"));
    assertThrows(StoreUnavailableException.class, uses::flush);
    Map<Boolean, Integer> written = new HashMap<>(Map.of(true, 0, false, 0));
    AtomicInteger largest = new AtomicInteger();
    store.before =
        batch -> {
          int callers = 0;
          for (TokenUsage usage : batch.values()) {
            usage
                .callers()
                .forEach(caller -> written.merge(caller.key().accepted(), 1, Integer::sum));
            callers += usage.callers().size();
          }
          largest.accumulateAndGet(callers, Math::max);
        };
    uses.flush();
    assertEquals(
        Map.of(true, UsageRecorder.MAX_CALLERS, false, UsageRecorder.MAX_REFUSED_CALLERS), written);
    assertTrue(largest.get() < UsageRecorder.BATCH_ENTRIES + 40, "callers in a batch: " + largest);
    used.forEach(secret -> assertEquals(20, store.usage(secret).accepted().count()));
    assertEquals(1, store.usage(late).accepted().count(), "uses without a caller are counted");
    assertEquals(List.of(), store.callers(late));
    uses.accepted(accepted(late), ClientInfo.at("192.0.2.1"));
    uses.flush();
    assertEquals(1, store.callers(late).size(), "after the outage");
  }

  @Test
  @Timeout(120)
  void concurrentUsesAreCountedForTheirCaller() throws Exception {
    SecretId secret = secret();
    int each = 50_000;
    List<Thread> workers = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Thread worker =
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  uses.accepted(accepted(secret), new ClientInfo("192.0.2.1", "a" + i % 20));
                }
              });
      worker.start();
      workers.add(worker);
    }
    while (workers.stream().anyMatch(Thread::isAlive)) {
      uses.flush();
    }
    for (Thread worker : workers) {
      worker.join();
    }
    uses.flush();
    List<TokenCaller> callers = store.callers(secret);
    Set<String> products = new HashSet<>();
    callers.forEach(caller -> products.add(String.valueOf(caller.key().client())));
    assertEquals(20, products.size(), () -> "" + callers);
    callers.forEach(caller -> assertEquals(8 * each / 20, caller.uses(), caller::toString));
    assertNull(store.usage(secret).refused().lastAt());
  }
}
