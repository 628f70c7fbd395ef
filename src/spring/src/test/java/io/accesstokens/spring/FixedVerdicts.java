package io.accesstokens.spring;

import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.UseLimits;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A verifier with a fixed verdict for each token, as an application can define it for tests. */
final class FixedVerdicts implements TokenVerifier {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Map<String, Verification> verdicts = new ConcurrentHashMap<>();
  private volatile boolean out;

  @Override
  public Verification verify(RawToken token) {
    if (out) {
      throw new VerificationUnavailableException("out of service");
    }
    return verdicts.getOrDefault(
        token.reveal(), new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty()));
  }

  /** Simulates an outage, or its end. */
  void setOut(boolean isOut) {
    out = isOut;
  }

  /** Returns a raw token that is well-formed and unknown. */
  static String unknown() {
    return RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, RANDOM).reveal();
  }

  /** Creates a service token with scopes. */
  String service(String... scopes) {
    return add(RawToken.Kind.SERVICE, scopes, UseLimits.NONE);
  }

  /** Creates a personal token with scopes. */
  String personal(String... scopes) {
    return add(RawToken.Kind.PERSONAL, scopes, UseLimits.NONE);
  }

  /** Creates a service token with limits. */
  String limited(@Nullable Integer requestsPerMinute, String... addresses) {
    List<AddressRange> ranges =
        List.of(addresses).stream()
            .map(address -> AddressRange.parse(address).orElseThrow())
            .toList();
    return add(RawToken.Kind.SERVICE, new String[] {"a"}, new UseLimits(ranges, requestsPerMinute));
  }

  private String add(RawToken.Kind kind, String[] scopes, UseLimits limits) {
    String rawToken = RawTokenFormat.DEFAULT.create(kind, RANDOM).reveal();
    boolean service = kind == RawToken.Kind.SERVICE;
    Verification.Accepted accepted =
        new Verification.Accepted(
            UUID.randomUUID(),
            service ? "service-token:group:default/platform:nightly" : "user:default/alice",
            new EntityRef(
                service ? EntityRef.GROUP : EntityRef.USER,
                "default",
                service ? "platform" : "alice"),
            List.of(scopes),
            null,
            Instant.MAX,
            limits);
    verdicts.put(
        rawToken,
        limits.allowedAddresses().isEmpty() ? accepted : new Verification.AddressLimited(accepted));
    return rawToken;
  }
}
