package io.accesstokens.jwt;

import com.nimbusds.jwt.SignedJWT;
import io.accesstokens.auth.SignatureLimit;
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

/** All issuers that are trusted, with what is kept of their keys. Safe for use by many threads. */
public final class TrustedIssuers implements AutoCloseable {

  private static final Duration END = Duration.ofSeconds(1);

  private final DaemonThreads threads = new DaemonThreads("access-tokens-issuer-keys");
  private final ExecutorService executor = Executors.newCachedThreadPool(threads);
  private final Map<String, JwtVerifier> verifiers = new HashMap<>();

  /** Reads no keys yet: an issuer that is out of reach does not keep anything from starting. */
  public TrustedIssuers(List<TrustedIssuer> issuers, InstantSource clock) {
    this(issuers, clock, IssuerKeys.Keeping.USUAL);
  }

  TrustedIssuers(List<TrustedIssuer> issuers, InstantSource clock, IssuerKeys.Keeping keeping) {
    HttpClient client = client(executor);
    for (TrustedIssuer issuer : issuers) {
      verifiers.put(
          issuer.issuer(),
          new JwtVerifier(issuer, new IssuerKeys(issuer, keeping, client, executor), clock));
    }
  }

  /** The client's own thread must not keep the class loader of an application that has ended. */
  private static HttpClient client(ExecutorService executor) {
    Thread current = Thread.currentThread();
    ClassLoader loader = current.getContextClassLoader();
    current.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .executor(executor)
          .build();
    } finally {
      current.setContextClassLoader(loader);
    }
  }

  /**
   * Decides about a bearer token.
   *
   * @throws KeysUnavailableException if it cannot be found out now
   */
  JwtVerdict verify(String token) {
    return verify(token, SignatureLimit.NONE, null);
  }

  /**
   * Decides about a bearer token of a client whose wrong signatures are limited.
   *
   * @throws KeysUnavailableException if it cannot be found out now
   * @throws jakarta.ws.rs.ClientErrorException 429, if the client has sent too many
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
      throw new IllegalStateException("it was read before", e);
    }
  }

  /** The issuer that it names; the empty text, which is nobody's, if it names none. */
  private static String issuerOf(SignedJWT jwt) {
    try {
      String issuer = jwt.getJWTClaimsSet().getIssuer();
      return issuer == null ? "" : issuer;
    } catch (ParseException e) {
      throw new IllegalStateException("it was read before", e);
    }
  }

  /** Ends all that is being read. */
  @Override
  public void close() {
    executor.shutdownNow();
    threads.end(executor, END);
  }
}
