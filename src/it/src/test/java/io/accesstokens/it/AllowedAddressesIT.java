package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests tokens that are limited to addresses, for clients behind a trusted proxy and for a remote
 * verifier. The test acts as the trusted proxy, so that it can choose client addresses.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AllowedAddressesIT {

  private RunningApplication application;
  private ServiceTokens alice;
  private TestToken limited;

  @BeforeAll
  void start() throws Exception {
    application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_TRUSTEDPROXIES", "127.0.0.1, 10.0.0.0/8"));
    alice = new ServiceTokens(application.api().as("alice"));
    limited = alice.create(good().with("allowedAddresses", "[\"192.0.2.0/24\",\"2001:db8::/32\"]"));
  }

  @AfterAll
  void stop() {
    application.close();
  }

  private Api.Call with(String forwardedFor, String path) {
    return application
        .api()
        .bearer(limited.rawToken())
        .call("GET", path)
        .header("X-Forwarded-For", forwardedFor);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.1",
        "192.0.2.255, 10.0.0.1",
        "198.51.100.1, 192.0.2.1",
        "::ffff:192.0.2.1",
        "::ffff:c000:201, 10.0.0.1",
        "2001:db8::7",
        "[2001:db8::7]:4711",
        "2001:DB8:0:0:0:0:0:7, ::ffff:10.0.0.1",
        "192.0.2.1:4711"
      })
  void allowedClientIsAccepted(String forwardedFor) {
    with(forwardedFor, WHOAMI).send().ok();
    with(forwardedFor, VerifyTopic.VERIFY).send().expect(204);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "198.51.100.1",
        "192.0.2.1, 198.51.100.1",
        "192.0.2.1, 198.51.100.1, 10.0.0.1",
        "192.0.2.1, unknown",
        "192.0.2.1, \"192.0.2.1",
        "192.0.3.0",
        "2001:db9::",
        "::1",
        "192.0.2.01",
        "0xc0.0.2.1",
        ""
      })
  void otherClientIsRefused(String forwardedFor) {
    with(forwardedFor, WHOAMI).send().problem(401);
    with(forwardedFor, VerifyTopic.VERIFY).send().problem(401);
  }

  @Test
  void requestWithoutAForwardingHeaderIsFromTheProxyItself() {
    application.api().bearer(limited.rawToken()).get(WHOAMI).problem(401);
  }

  /** A remote verifier fails if a stop of the machine lasts longer than its timeouts. */
  @Test
  void remoteVerifierEnforcesTheAddressesOfEachClient() {
    TimeLimits.repeatAfterStop(this::verifyLimitedAddresses);
  }

  private void verifyLimitedAddresses() {
    RawToken token = RawTokenFormat.DEFAULT.parse(limited.rawToken()).orElseThrow();
    try (RemoteTokenVerifier verifier = verifier()) {
      assertInstanceOf(Verification.AddressLimited.class, verifier.verify(token));
      for (String client : List.of("192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1")) {
        assertInstanceOf(Verification.Accepted.class, verifier.verify(token).from(client), client);
      }
      for (String client : List.of("198.51.100.1", "::1", "unknown", "")) {
        assertInstanceOf(Verification.Refused.class, verifier.verify(token).from(client), client);
      }
      assertInstanceOf(Verification.Refused.class, verifier.verify(token).from(null));
    }
  }

  private RemoteTokenVerifier verifier() {
    return RemoteTokenVerifier.builder(
            URI.create(application.api().origin()),
            () -> VerifierCredential.basic("alice", "alice"))
        .build();
  }

  /** The first use of a new limit must not depend on the time for which facts are cached. */
  @Test
  void remoteVerifierUsesChangedLimitsFromTheResponseOn() {
    TimeLimits.repeatAfterStop(this::verifyWithChangedLimits);
  }

  private void verifyWithChangedLimits() {
    TestToken made = alice.create();
    RawToken token = RawTokenFormat.DEFAULT.parse(made.rawToken()).orElseThrow();
    try (RemoteTokenVerifier verifier = verifier()) {
      for (int i = 0; i < 5; i++) {
        assertTrue(accepts(verifier, token, "198.51.100.1"), "accepted without a limit");
        alice.update(made.id(), "{\"allowedAddresses\":[\"192.0.2.1\"]}");
        assertEquals(false, accepts(verifier, token, "198.51.100.1"));
        assertTrue(accepts(verifier, token, "192.0.2.1"), "accepted from the allowed address");
        alice.update(made.id(), "{\"scopes\":[\"catalog:write\"],\"requestsPerMinute\":7}");
        var accepted = (Verification.Accepted) verifier.verify(token).from("192.0.2.1");
        assertEquals(List.of("catalog:write"), accepted.scopes());
        assertEquals(7, accepted.limits().requestsPerMinute());
        alice.update(
            made.id(),
            "{\"allowedAddresses\":null,\"requestsPerMinute\":null,"
                + "\"scopes\":[\"catalog:read\"]}");
      }
    }
  }

  private static boolean accepts(RemoteTokenVerifier verifier, RawToken token, String client) {
    return verifier.verify(token).from(client) instanceof Verification.Accepted;
  }
}
