package io.accesstokens.app.metrics;

import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.jwt.JwtListener;
import io.accesstokens.login.SignInListener;
import io.accesstokens.session.Session;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.ChangeLimit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts sign-ins, refused JWTs, denied requests and rate-limited requests. Thread-safe. */
public final class EventMetrics {

  /** A limit on requests or on failures. A request that exceeds the limit gets the status 429. */
  public enum Limit {
    /** Unknown raw tokens from one client address. */
    UNKNOWN_TOKENS,
    /** Wrong JWT signatures from one client address. */
    WRONG_SIGNATURES,
    /** Wrong passwords for one user from one client address. */
    FAILED_SIGN_INS,
    /** Changes of service tokens by one user, or by one service token that manages tokens. */
    SERVICE_TOKEN_CHANGES,
    /** Changes of personal tokens by one user. */
    PERSONAL_TOKEN_CHANGES,
    /** Exchanges of personal tokens for short-lived tokens by one user. */
    TOKEN_EXCHANGES,
    /** Self-rotations of one service token. */
    SELF_ROTATIONS,
    /** Requests with one token that has a limit on its requests per minute. */
    TOKEN_REQUESTS
  }

  /** The label value for all scopes that are not permissions of this service. */
  private static final String OTHER = "other";

  private static final String JWT = "jwt";
  private static final String NO_REASON = "none";

  private final MeterRegistry registry;
  private final Map<String, Counter> denials = new HashMap<>();
  private final Counter otherDenials;
  private final Map<Session.LoginMethod, Counter> signIns =
      new EnumMap<>(Session.LoginMethod.class);
  private final Map<Session.LoginMethod, Map<SignInListener.Reason, Counter>> failedSignIns =
      new EnumMap<>(Session.LoginMethod.class);
  private final Map<JwtListener.Reason, Counter> refusedJwts =
      new EnumMap<>(JwtListener.Reason.class);
  private final Map<Limit, Counter> limited = new EnumMap<>(Limit.class);

  /** Creates all time series. */
  public EventMetrics(MeterRegistry registry) {
    this.registry = registry;
    Permissions.ALL.forEach(permission -> denials.put(permission, denial(permission)));
    otherDenials = denial(OTHER);
    for (Session.LoginMethod method : Session.LoginMethod.values()) {
      String label = VerificationMetrics.label(method);
      signIns.put(method, signIn(label, "accepted", NO_REASON));
      Map<SignInListener.Reason, Counter> failed = new EnumMap<>(SignInListener.Reason.class);
      for (SignInListener.Reason reason : SignInListener.Reason.values()) {
        failed.put(reason, signIn(label, "refused", VerificationMetrics.label(reason)));
      }
      failedSignIns.put(method, failed);
    }
    for (JwtListener.Reason reason : JwtListener.Reason.values()) {
      refusedJwts.put(reason, signIn(JWT, "refused", VerificationMetrics.label(reason)));
    }
    for (Limit limit : Limit.values()) {
      limited.put(
          limit,
          Counter.builder("access.tokens.rate.limited")
              .description("Requests that got the status 429 because of a limit")
              .tag("limit", VerificationMetrics.label(limit))
              .register(registry));
    }
  }

  private Counter denial(String permission) {
    return Counter.builder("access.tokens.denials")
        .description("Requests that got the status 403, by the missing permission")
        .tag("permission", permission)
        .register(registry);
  }

  private Counter signIn(String method, String outcome, String reason) {
    return Counter.builder("access.tokens.sign.ins")
        .description("Sign-ins of users")
        .tag("method", method)
        .tag("outcome", outcome)
        .tag("reason", reason)
        .register(registry);
  }

  /**
   * Counts a request whose caller lacks a permission.
   *
   * @param permission the missing permission or scope. Scopes that are not permissions of this
   *     service are counted together
   */
  public void denied(String permission) {
    denials.getOrDefault(permission, otherDenials).increment();
  }

  /** Counts a sign-in that started a session, or that renewed the sign-in of a session. */
  public void signedIn(Session.LoginMethod method) {
    Objects.requireNonNull(signIns.get(method)).increment();
  }

  /**
   * Counts a failed sign-in, or a refused use of a session.
   *
   * @param method the login method of the request or of its session
   */
  public void failed(Session.LoginMethod method, SignInListener.Reason reason) {
    Objects.requireNonNull(Objects.requireNonNull(failedSignIns.get(method)).get(reason))
        .increment();
  }

  /** Counts a refused JWT that is not a token of this service. */
  public void refused(JwtListener.Reason reason) {
    Objects.requireNonNull(refusedJwts.get(reason)).increment();
  }

  /** Counts a request that exceeds a limit. */
  public void limited(Limit limit) {
    Objects.requireNonNull(limited.get(limit)).increment();
  }

  /** Returns a limit that behaves like {@code limit}, and counts the refused requests. */
  public UnknownTokenLimit counting(UnknownTokenLimit limit) {
    return address -> counted(Limit.UNKNOWN_TOKENS, limit.exceededBy(address));
  }

  /** Returns a limit that behaves like {@code limit}, and counts the refused requests. */
  public <K> ChangeLimit<K> counting(Limit kind, ChangeLimit<K> limit) {
    return caller -> counted(kind, limit.exceededBy(caller));
  }

  /** Returns a limit that behaves like {@code limit}, and counts the refused requests. */
  public SignatureLimit counting(SignatureLimit limit) {
    return new SignatureLimit() {
      @Override
      public Optional<Duration> exceededBy(String subject, @Nullable String clientAddress) {
        return counted(Limit.WRONG_SIGNATURES, limit.exceededBy(subject, clientAddress));
      }

      @Override
      public void recordResult(String subject, @Nullable String clientAddress, boolean valid) {
        limit.recordResult(subject, clientAddress, valid);
      }
    };
  }

  private Optional<Duration> counted(Limit limit, Optional<Duration> wait) {
    if (wait.isPresent()) {
      limited(limit);
    }
    return wait;
  }
}
