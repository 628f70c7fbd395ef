package io.accesstokens.faults;

import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import io.accesstokens.testing.LoadBalancer;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A remote application that caches verdicts. The application reaches the replicas through a
 * balancer. The balancer skips replicas that are known to be disturbed, as after a failed health
 * check.
 *
 * <p>A missing response is always allowed, because a fault may begin at that moment in the replica
 * that receives the request. A wrong result is never allowed. The accepted tokens are counted,
 * because a run without accepted tokens proves nothing.
 */
final class RemoteVerifier implements Verifier, AutoCloseable {

  private static final int ACCEPTED = 200;
  private static final int REFUSED = 401;
  private static final int UNAVAILABLE = 503;

  private final LoadBalancer balancer;
  private final RemoteTokenVerifier verifier;
  private final AtomicLong acceptances;

  private RemoteVerifier(
      LoadBalancer balancer, RemoteTokenVerifier verifier, AtomicLong acceptances) {
    this.balancer = balancer;
    this.verifier = verifier;
    this.acceptances = acceptances;
  }

  /**
   * @param introspector a raw token that can introspect
   * @param acceptances is incremented for each accepted token
   */
  static RemoteVerifier of(
      List<ReplicaProcess> replicas, String introspector, AtomicLong acceptances) {
    LoadBalancer balancer = new LoadBalancer(() -> healthy(replicas));
    return new RemoteVerifier(
        balancer,
        RemoteTokenVerifier.builder(balancer.uri(), () -> VerifierCredential.token(introspector))
            .build(),
        acceptances);
  }

  private static List<String> healthy(List<ReplicaProcess> replicas) {
    List<String> origins =
        replicas.stream()
            .filter(replica -> replica.condition().isUndisturbed())
            .map(RemoteVerifier::origin)
            .toList();
    return origins.isEmpty() ? replicas.stream().map(RemoteVerifier::origin).toList() : origins;
  }

  private static String origin(ReplicaProcess replica) {
    return replica.application().api().origin();
  }

  @Override
  public String name() {
    return "elsewhere";
  }

  @Override
  public Check verify(String rawToken) {
    RawToken token = RawTokenFormat.DEFAULT.parse(rawToken).orElseThrow();
    long beganAt = System.nanoTime();
    int status;
    try {
      status = verifier.verify(token) instanceof Verification.Accepted ? ACCEPTED : REFUSED;
    } catch (VerificationUnavailableException e) {
      status = UNAVAILABLE;
    }
    if (status == ACCEPTED) {
      acceptances.incrementAndGet();
    }
    return new Check(name(), beganAt, System.nanoTime(), status, false);
  }

  @Override
  public void close() {
    verifier.close();
    balancer.close();
  }
}
