package io.accesstokens.jwt;

import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.remote.BoundedHttpClient;
import io.accesstokens.exchange.UnverifiedJwt;
import io.accesstokens.jwt.JwtListener.Reason;
import io.accesstokens.verify.DaemonThreads;
import java.net.http.HttpClient;
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

  /**
   * Maximum size of a key set, in bytes. A key set of this size can contain several hundred keys.
   */
  static final int MAX_KEY_SET_BYTES = 256 * 1024;

  /**
   * Maximum number of request threads that wait for keys at the same time, in total for all
   * issuers. Each issuer has an equal part, at least one thread. The limit is shared, because one
   * unavailable host can have several issuers. Anonymous callers can cause these waits with tokens
   * that name unknown keys.
   */
  private static final int MAX_WAITING = 64;

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

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
        new BoundedHttpClient(HttpClient.newBuilder().executor(executor), MAX_KEY_SET_BYTES);
    int waiting = Math.max(1, MAX_WAITING / Math.max(1, issuers.size()));
    for (TrustedIssuer issuer : issuers) {
      IssuerKeys keys = new IssuerKeys(issuer, keeping, waiting, client, executor);
      verifiers.put(issuer.issuer(), new JwtVerifier(issuer, keys, clock));
    }
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
    Optional<UnverifiedJwt> jwt = UnverifiedJwt.parse(token);
    if (jwt.isEmpty()) {
      return new JwtVerdict.Refused(Reason.MALFORMED);
    }
    // No trusted issuer has an empty name.
    JwtVerifier verifier = verifiers.get(jwt.get().issuer());
    if (verifier == null) {
      return new JwtVerdict.Refused(Reason.UNTRUSTED_ISSUER);
    }
    String subject = jwt.get().issuer() + '\n' + jwt.get().subject();
    limit.require(subject, clientAddress);
    JwtVerdict verdict = verifier.verify(jwt.get());
    if (verdict instanceof JwtVerdict.Accepted) {
      limit.recordResult(subject, clientAddress, true);
    } else if (verdict instanceof JwtVerdict.Refused refused
        && refused.reason() == Reason.WRONG_SIGNATURE) {
      limit.recordResult(subject, clientAddress, false);
    }
    return verdict;
  }

  /** Stops the threads that read keys. */
  @Override
  public void close() {
    executor.shutdownNow();
    threads.shutDown(executor, STOP_TIMEOUT);
  }
}
