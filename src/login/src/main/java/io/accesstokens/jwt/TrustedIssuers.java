package io.accesstokens.jwt;

import com.nimbusds.jwt.SignedJWT;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.remote.BoundedHttpClient;
import io.accesstokens.jwt.JwtListener.Reason;
import io.accesstokens.verify.DaemonThreads;
import java.net.http.HttpClient;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Verifies JWTs of all trusted issuers and caches the keys of the issuers. Thread-safe. */
public final class TrustedIssuers implements AutoCloseable {

  private static final Duration END = Duration.ofSeconds(1);

  private final DaemonThreads threads = new DaemonThreads("access-tokens-issuer-keys");
  private final ExecutorService executor = Executors.newCachedThreadPool(threads);
  private final Map<String, JwtVerifier> verifiers = new HashMap<>();

  /**
   * Creates a verifier for each issuer. Does not read keys, so that an unavailable issuer does not
   * prevent the start of the service.
   */
  public TrustedIssuers(List<TrustedIssuer> issuers, InstantSource clock) {
    this(issuers, clock, IssuerKeys.CacheTimes.DEFAULT);
  }

  TrustedIssuers(List<TrustedIssuer> issuers, InstantSource clock, IssuerKeys.CacheTimes keeping) {
    BoundedHttpClient client =
        new BoundedHttpClient(HttpClient.newBuilder().executor(executor), PublishedKeys.MAX_BYTES);
    for (TrustedIssuer issuer : issuers) {
      verifiers.put(
          issuer.issuer(),
          new JwtVerifier(issuer, new IssuerKeys(issuer, keeping, client, executor), clock));
    }
  }

  /**
   * Verifies a bearer token.
   *
   * @throws KeysUnavailableException if the token cannot be verified now, because the keys of the
   *     issuer cannot be read
   */
  JwtVerdict verify(String token) {
    return verify(token, SignatureLimit.NONE, null);
  }

  /**
   * Verifies a bearer token, and counts the tokens with a wrong signature that the client sends.
   *
   * @throws KeysUnavailableException if the token cannot be verified now, because the keys of the
   *     issuer cannot be read
   * @throws jakarta.ws.rs.ClientErrorException with status 429 if the client has sent too many
   *     tokens with a wrong signature
   */
  JwtVerdict verify(String token, SignatureLimit limit, @Nullable String clientAddress) {
    Optional<SignedJWT> jwt = JwtVerifier.read(token);
    if (jwt.isEmpty()) {
      return new JwtVerdict.Refused(Reason.MALFORMED);
    }
    JwtVerifier verifier = verifiers.get(issuerOf(jwt.get()));
    if (verifier == null) {
      return new JwtVerdict.Refused(Reason.UNTRUSTED_ISSUER);
    }
    String subject = issuerOf(jwt.get()) + '\n' + subjectOf(jwt.get());
    limit.require(subject, clientAddress);
    JwtVerdict verdict = verifier.verify(jwt.get());
    if (verdict instanceof JwtVerdict.Accepted) {
      limit.verified(subject, clientAddress, true);
    } else if (verdict instanceof JwtVerdict.Refused refused
        && refused.reason() == Reason.WRONG_SIGNATURE) {
      limit.verified(subject, clientAddress, false);
    }
    return verdict;
  }

  private static String subjectOf(SignedJWT jwt) {
    try {
      String subject = jwt.getJWTClaimsSet().getSubject();
      return subject == null ? "" : subject;
    } catch (ParseException e) {
      throw new IllegalStateException(
          "the claims of this JWT cannot be parsed, although they were parsed before", e);
    }
  }

  /**
   * Returns the claim {@code iss} of the token. Returns an empty string if the token has no such
   * claim. No trusted issuer has an empty name.
   */
  private static String issuerOf(SignedJWT jwt) {
    try {
      String issuer = jwt.getJWTClaimsSet().getIssuer();
      return issuer == null ? "" : issuer;
    } catch (ParseException e) {
      throw new IllegalStateException(
          "the claims of this JWT cannot be parsed, although they were parsed before", e);
    }
  }

  /** Stops the threads that read keys. */
  @Override
  public void close() {
    executor.shutdownNow();
    threads.end(executor, END);
  }
}
