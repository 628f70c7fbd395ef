package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.enforcement.UndeclaredAccess;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests another application that accepts tokens of the service, which runs in a separate process.
 */
class RemoteApiIT {

  private static final String CATALOG = "io.accesstokens.examples.protect.CatalogApplication";

  private static VerifierCredential alice() {
    return VerifierCredential.basic("alice", "alice");
  }

  @ParameterizedTest
  @EnumSource
  void tokenIsAcceptedUntilItsRevocation(HostRuntime runtime) throws Exception {
    try (RunningApplication service =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .inSeparateProcess()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true"))) {
      ServiceTokens tokens = new ServiceTokens(service.api().as("alice"));
      TestToken verifier = tokens.create(TokenRequest.good().scopes("access-tokens:introspect"));
      try (HostRuntime.Running other =
          runtime.start(
              CATALOG,
              Map.of(
                  "catalog.tokens",
                  service.api().origin(),
                  "catalog.credential",
                  verifier.rawToken(),
                  "catalog.mode",
                  "enforce",
                  "catalog.enforced",
                  ""))) {
        isProtected(service, tokens, other);
      }
    }
  }

  private static void isProtected(
      RunningApplication service, ServiceTokens tokens, HostRuntime.Running other)
      throws Exception {
    TestToken reader = tokens.create(TokenRequest.good().scopes("catalog:read"));
    TestToken unfit = tokens.create(TokenRequest.good().scopes("techdocs:read"));

    ApiResult read =
        verified(() -> other.api().bearer(reader.rawToken()).get("/catalog/website")).expect(200);
    assertEquals(
        "service-token:group:default/platform:" + reader.name(), read.json().getString("reader"));
    ApiResult denied = other.api().bearer(unfit.rawToken()).get("/catalog/website").expect(403);
    assertTrue(
        denied.headerLine("WWW-Authenticate").contains("scope=\"catalog:read\""), denied::toString);

    // The host does not know the addresses of its clients.
    TestToken limited =
        tokens.create(
            TokenRequest.good()
                .scopes("catalog:read")
                .with("allowedAddresses", "[\"0.0.0.0/0\",\"::/0\"]"));
    other.api().bearer(limited.rawToken()).get("/catalog/website").expect(401);
    tokens.update(limited.id(), "{\"allowedAddresses\":null,\"requestsPerMinute\":2}");
    for (int i = 0; i < 2; i++) {
      other.api().bearer(limited.rawToken()).get("/catalog/website").expect(200);
    }
    ApiResult tooMany = other.api().bearer(limited.rawToken()).get("/catalog/website").expect(429);
    assertEquals("\"token\";q=2;w=60", tooMany.headerLine("RateLimit-Policy"));
    assertTrue(tooMany.header("Retry-After").isPresent(), tooMany::toString);

    tokens.revoke(reader.id());
    other.api().bearer(reader.rawToken()).get("/catalog/website").expect(401);

    service.kill();
    ApiResult outage = other.api().bearer(unfit.rawToken()).get("/catalog/website").expect(503);
    assertTrue(outage.header("Retry-After").isPresent(), outage::toString);
  }

  /** This host knows the addresses of its clients, and the service does not see these clients. */
  @ParameterizedTest
  @EnumSource
  void limitedTokenIsAcceptedFromItsAddressesOnly(HostRuntime runtime) throws Exception {
    try (RunningApplication service =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true"))) {
      ServiceTokens tokens = new ServiceTokens(service.api().as("alice"));
      TestToken verifier = tokens.create(TokenRequest.good().scopes("access-tokens:introspect"));
      TestToken limited =
          tokens.create(
              TokenRequest.good().with("allowedAddresses", "[\"192.0.2.0/24\",\"2001:db8::/32\"]"));
      Consumer<String> heard = denial -> {};
      try (HostRuntime.Running other =
          runtime.start(
              "io.accesstokens.it.library.host.HostApplication",
              Map.of(
                  "tokens",
                  service.api().origin(),
                  "verifier",
                  verifier.rawToken(),
                  "mode",
                  EnforcementMode.ENFORCE,
                  "undeclared",
                  UndeclaredAccess.DENIED.name(),
                  "resource",
                  "Things",
                  "heard",
                  heard))) {
        Api api = other.api().bearer(limited.rawToken());
        for (String allowed : List.of("192.0.2.1", "::ffff:192.0.2.9", "2001:DB8:0::1")) {
          verified(() -> from(allowed, api)).expect(200);
        }
        for (String refused : List.of("198.51.100.1", "::ffff:198.51.100.1", "2001:db9::1")) {
          from(refused, api).expect(401);
        }
        api.get("/things/anyone").expect(401); // the address is not known
        tokens.update(limited.id(), "{\"allowedAddresses\":[\"198.51.100.1\"]}");
        from("192.0.2.1", api).expect(401);
        from("198.51.100.1", api).expect(200);
      }
    }
  }

  private static ApiResult from(String address, Api api) {
    return api.call("GET", "/things/anyone").header("Test-Client-Address", address).send();
  }

  @Test
  void serviceWithAnUntrustedCertificateIsRejected() throws Exception {
    WarProcess call = WarProcess.inNewFolder().with("--in-memory");
    Certificate certificate = Certificate.selfSigned(call.folder());
    HttpClient client = HttpClient.newBuilder().sslContext(certificate.trusting()).build();
    try (RunningApplication service =
        RunningApplication.startTls(
            call.with(
                "--tls-certificate",
                certificate.certificateFile().toString(),
                "--tls-key",
                certificate.keyFile().toString()),
            client)) {
      URI address = URI.create("https://localhost:" + service.port());
      RawToken unknown = RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new SecureRandom());

      try (RemoteTokenVerifier trusting =
          RemoteTokenVerifier.builder(address, RemoteApiIT::alice)
              .sslContext(certificate.trusting())
              .build()) {
        assertEquals(
            Verification.Reason.UNKNOWN,
            ((Verification.Refused) verdict(trusting, unknown)).reason());
      }
      try (RemoteTokenVerifier wary =
          RemoteTokenVerifier.builder(address, RemoteApiIT::alice).build()) {
        assertThrows(VerificationUnavailableException.class, () -> wary.verify(unknown));
      }
    }
  }

  @Test
  void verifiedTokenHasEveryField() throws Exception {
    try (RunningApplication service =
        RunningApplication.start(WarProcess.inNewFolder().with("--in-memory"))) {
      TestToken made =
          new ServiceTokens(service.api().as("alice"))
              .create(
                  TokenRequest.good()
                      .of("group:default/payments")
                      .scopes("techdocs:read", "catalog:read"));
      RawToken token = RawTokenFormat.DEFAULT.parse(made.rawToken()).orElseThrow();
      try (RemoteTokenVerifier verifier =
          RemoteTokenVerifier.builder(URI.create(service.api().origin()), RemoteApiIT::alice)
              .build()) {
        assertEquals(
            new Verification.Accepted(
                UUID.fromString(made.id()),
                "service-token:group:default/payments:" + made.name(),
                new EntityRef("group", "default", "payments"),
                List.of("techdocs:read", "catalog:read"),
                Instant.parse(made.token().getString("expiresAt"))),
            verdict(verifier, token));
      }
    }
  }

  /**
   * Repeats the verification. On a busy machine the first connection may take longer than a lease,
   * and verification then fails.
   */
  private static Verification verdict(RemoteTokenVerifier verifier, RawToken token) {
    return Awaitility.await()
        .ignoreException(VerificationUnavailableException.class)
        .until(() -> verifier.verify(token), verdict -> true);
  }

  /** Repeats a request while its token cannot be verified, for the same reason as above. */
  private static ApiResult verified(Callable<ApiResult> request) {
    return Awaitility.await()
        .until(request, answer -> answer.status() != 503 || answer.header("Retry-After").isEmpty());
  }
}
