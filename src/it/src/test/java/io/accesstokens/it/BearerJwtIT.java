package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.accesstokens.testing.JwtIssuerServer;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests a Backstage front end that calls the API with its user's token. */
class BearerJwtIT {

  private static final String FRONT_END = CorsTopic.FRONT_END;
  private static final Duration BOUND = Duration.ofSeconds(10);

  private JwtIssuerServer issuer;

  private RunningApplication application;

  @BeforeEach
  void start() throws Exception {
    issuer = new JwtIssuerServer();
    application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withGroups()
                .withConfig(
                    """
                    login:
                      jwt:
                        - issuer: %s
                          audience: backstage
                          jwksUrl: %s
                          timeoutMillis: 3000
                    cors:
                      allowedOrigins: [%s]
                    service:
                      admin: {userEntityRefs: [user:default/erin]}
                    """
                        .formatted(issuer.issuer(), issuer.keys(), FRONT_END)));
  }

  @AfterEach
  void stop() {
    application.close();
    issuer.close();
  }

  private Api as(String user, String... ownership) {
    return application.api().bearer(issuer.token(user, ownership));
  }

  @Test
  void groupMemberManagesTokensFromAnotherOrigin() {
    Api erin = as("user:default/erin");
    TestToken foreign = new ServiceTokens(erin).create(TokenRequest.good().of("payments"));

    Api mallory = as("user:default/mallory", "user:default/mallory", "group:default/platform");
    JsonObject whoami = mallory.get(WHOAMI).ok();
    assertEquals("user", whoami.getString("type"));
    assertEquals("user:default/mallory", whoami.getString("subject"));
    ServiceTokens tokens = new ServiceTokens(mallory);
    TestToken made = tokens.create();
    assertEquals("user:default/mallory", made.token().getString("createdBy"));
    mallory.get(ServiceTokens.path(foreign.id())).problem(404);
    ApiResult answer =
        mallory
            .call("DELETE", ServiceTokens.path(made.id()))
            .header("Origin", FRONT_END)
            .header("Sec-Fetch-Site", "cross-site")
            .json("{\"reason\": \"no longer needed\"}")
            .send()
            .expect(204);
    assertEquals(FRONT_END, answer.headerLine("Access-Control-Allow-Origin"));
    application.api().bearer(made.rawToken()).get(WHOAMI).problem(401);

    // The group comes from the directory, because the token does not name the platform group.
    new ServiceTokens(as("user:default/carol")).create();
    as("user:default/CAROL").get("/api/access-tokens/service").ok();
    // The sample user alice has all permissions. A user of the same name from elsewhere is not that
    // user.
    as("user:default/alice").get("/api/access-tokens/service").problem(403);
    application.api().as("alice").get("/api/access-tokens/service").problem(403);
  }

  @Test
  void everyInvalidJwtHasTheSame401() throws Exception {
    String good = issuer.token("user:default/erin");
    String[] parts = good.split("\\.", -1);
    Instant now = Instant.now();
    JWTClaimsSet claims = issuer.claims("user:default/erin").build();
    Map<String, String> bad = new LinkedHashMap<>();
    bad.put("none", new PlainJWT(claims).serialize());
    bad.put("HS256", Base64URL.encode("{\"alg\":\"HS256\"}") + "." + parts[1] + "." + parts[2]);
    bad.put(
        "tampered",
        parts[0]
            + "."
            + Base64URL.encode(issuer.claims("user:default/root").build().toString())
            + "."
            + parts[2]);
    bad.put("cut", parts[0] + "." + parts[1] + ".");
    bad.put("foreign key", issuer.sign(claims, JwtIssuerServer.ellipticKey(), header -> {}));
    bad.put(
        "audience",
        issuer.sign(new JWTClaimsSet.Builder(claims).audience("another-audience").build()));
    bad.put(
        "issuer",
        issuer.sign(new JWTClaimsSet.Builder(claims).issuer("https://evil.example").build()));
    bad.put(
        "expired",
        issuer.sign(
            new JWTClaimsSet.Builder(claims)
                .expirationTime(Date.from(now.minusSeconds(90)))
                .build()));
    bad.put("no exp", issuer.sign(new JWTClaimsSet.Builder(claims).expirationTime(null).build()));
    bad.put(
        "nbf",
        issuer.sign(
            new JWTClaimsSet.Builder(claims)
                .notBeforeTime(Date.from(now.plusSeconds(300)))
                .build()));
    bad.put(
        "crit",
        issuer.sign(
            "{\"alg\":\"ES256\",\"kid\":\"%s\",\"crit\":[\"x\"],\"x\":1}"
                .formatted(issuer.key().getKeyID()),
            claims.toString(),
            issuer.key()));
    bad.put(
        "jwk",
        issuer.sign(claims, JwtIssuerServer.ellipticKey(), h -> h.jwk(issuer.key().toPublicJWK())));
    bad.put("jku", issuer.sign(claims, issuer.key(), h -> h.jwkURL(issuer.keys())));
    bad.put("sub", issuer.token("erin"));
    bad.put("duplicate", issuer.sign(twice(), claims.toString(), issuer.key()));
    bad.put("no JWT", "junk");
    bad.put("raw", "bsat_junk");
    ApiResult first = application.api().bearer("junk").get(WHOAMI).problem(401);
    bad.forEach(
        (name, token) -> {
          ApiResult answer = application.api().bearer(token).get(WHOAMI).problem(401);
          assertEquals(first.untracedText(), answer.untracedText(), name);
          assertEquals(
              first.headerLine("WWW-Authenticate"), answer.headerLine("WWW-Authenticate"), name);
        });
    as("user:default/erin").get(WHOAMI).ok();
    application.stop(); // the log is complete
    String log = application.log();
    assertTrue(log.contains("\"event\":\"jwt-refused\""), log);
    assertFalse(log.contains(parts[1]), "a token is in the log");
    assertFalse(log.contains("evil.example"), "what was sent is in the log");
  }

  private String twice() {
    String kid = issuer.key().getKeyID();
    return "{\"alg\":\"ES256\",\"kid\":\"" + kid + "\",\"alg\":\"ES256\"}";
  }

  @Test
  void rotatedKeysAreUsedWithoutARestart() throws Exception {
    String before = issuer.token("user:default/erin");
    application.api().bearer(before).get(WHOAMI).ok();
    issuer.rotate();
    as("user:default/erin").get(WHOAMI).ok();
    application.api().bearer(before).get(WHOAMI).problem(401);
  }

  @Test
  void unreadableKeysAre503UntilTheyAreReadable() throws Exception {
    issuer.hang();
    assertOutage();
    issuer.resetHandler();
    issuer.stop();
    assertOutage();
    // Other callers are not affected.
    application.api().as("carol").get(WHOAMI).ok();
    application.api().bearer("junk").get(WHOAMI).problem(401);
    issuer.restart();
    Awaitility.await().until(() -> as("user:default/erin").get(WHOAMI).status() == 200);
    issuer.stop();
    as("user:default/erin").get(WHOAMI).ok();
  }

  private void assertOutage() {
    ApiResult answer =
        TimeLimits.within(BOUND, () -> as("user:default/erin").get(WHOAMI).problem(503));
    assertEquals("2", answer.headerLine("Retry-After"));
  }
}
