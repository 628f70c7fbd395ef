package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.app.metrics.EventMetrics.Limit;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.jwt.JwtListener;
import io.accesstokens.login.SignInListener;
import io.accesstokens.session.Session;
import io.accesstokens.token.Permissions;
import io.accesstokens.verify.EntityRef;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventMetricsTest {

  private static final Optional<Duration> WAIT = Optional.of(Duration.ofSeconds(1));

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final EventMetrics metrics = new EventMetrics(registry);

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  @Test
  void scopesThatAreNoPermissionsShareOneValue() {
    metrics.denied(Permissions.SERVICE_READ);
    metrics.denied("catalog:read");
    metrics.denied("anything");
    assertEquals(1, count("access.tokens.denials", "permission", Permissions.SERVICE_READ));
    assertEquals(2, count("access.tokens.denials", "permission", "other"));
  }

  @Test
  void signInsAreCountedByMethodAndOutcome() {
    metrics.signedIn(Session.LoginMethod.OIDC);
    metrics.failed(Session.LoginMethod.PASSWORD, SignInListener.Reason.WRONG_CREDENTIALS);
    metrics.failed(Session.LoginMethod.OIDC, SignInListener.Reason.DENIED_BY_PROVIDER);
    metrics.failed(Session.LoginMethod.OIDC, SignInListener.Reason.FOREIGN_ORIGIN);
    metrics.refused(JwtListener.Reason.EXPIRED);
    String name = "access.tokens.sign.ins";
    assertEquals(1, count(name, "method", "oidc", "outcome", "accepted"));
    assertEquals(1, count(name, "method", "password", "reason", "wrong_credentials"));
    assertEquals(1, count(name, "method", "oidc", "reason", "denied_by_provider"));
    assertEquals(1, count(name, "method", "oidc", "reason", "foreign_origin"));
    assertEquals(0, count(name, "method", "password", "reason", "foreign_origin"));
    assertEquals(1, count(name, "method", "jwt", "outcome", "refused", "reason", "expired"));
    assertEquals(0, count(name, "method", "password", "outcome", "accepted"));
  }

  @Test
  void exceededLimitsAreCountedAndPassedOn() {
    String name = "access.tokens.rate.limited";
    assertEquals(WAIT, metrics.counting(address -> WAIT).exceededBy("192.0.2.1"));
    assertEquals(
        Optional.empty(), metrics.counting(address -> Optional.empty()).exceededBy("192.0.2.1"));
    assertEquals(1, count(name, "limit", "unknown_tokens"));
    EntityRef dave = new EntityRef(EntityRef.USER, "default", "dave");
    assertEquals(WAIT, metrics.counting(Limit.TOKEN_EXCHANGES, user -> WAIT).exceededBy(dave));
    assertEquals(1, count(name, "limit", "token_exchanges"));
    SignatureLimit signatures =
        metrics.counting(
            new SignatureLimit() {
              @Override
              public Optional<Duration> exceededBy(String subject, @Nullable String address) {
                return WAIT;
              }

              @Override
              public void recordResult(String subject, @Nullable String address, boolean valid) {}
            });
    assertEquals(WAIT, signatures.exceededBy("x", null));
    signatures.recordResult("x", null, false);
    assertEquals(1, count(name, "limit", "wrong_signatures"));
    metrics.limited(Limit.FAILED_SIGN_INS);
    assertEquals(1, count(name, "limit", "failed_sign_ins"));
  }
}
