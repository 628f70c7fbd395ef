package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.ShortLivedTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests an application that uses the OAuth support of Spring Security, without a library of
 * access-tokens.
 */
class SpringResourceServerIT {

  private static final Path PROJECT = Path.of("src/examples/spring-resource-server");
  private static final String AUDIENCE = "resources";

  /** A scope without which the JWT of a personal token is only for another audience. */
  private static final String AUDIENCE_SCOPE = "techdocs:read";

  @Test
  void rawTokensAndShortLivedTokensAreAccepted(@TempDir Path folder) throws Exception {
    MavenProject project = MavenProject.copy(PROJECT, folder);
    project.build();
    try (RunningApplication service =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true")
                .withEnvironment("ACCESSTOKENS_PERSONAL_AUDIENCE", AUDIENCE + ",another-service")
                .withEnvironment("ACCESSTOKENS_PERSONAL_AUDIENCESCOPES_0__AUDIENCE", AUDIENCE)
                .withEnvironment(
                    "ACCESSTOKENS_PERSONAL_AUDIENCESCOPES_0__SCOPES", AUDIENCE_SCOPE))) {
      ServiceTokens tokens = new ServiceTokens(service.api().as("alice"));
      String own = tokens.create(TokenRequest.good().scopes("access-tokens:introspect")).rawToken();
      String issuer = service.api().origin() + "/api/auth";
      try (RunningApplication application =
          RunningApplication.startServer(
              new JarDeployment(
                  project.folder(),
                  Path.of("target/resources-1.jar"),
                  Map.of(
                      "TOKENS_URL",
                      service.api().origin(),
                      "TOKENS_TOKEN",
                      own,
                      "TOKENS_ISSUER",
                      issuer,
                      "TOKENS_AUDIENCE",
                      AUDIENCE),
                  "--server.port=",
                  List.of("--server.address=127.0.0.1")),
              "/catalog")) {
        rawTokens(application.api(), tokens);
        shortLivedTokens(application.api(), service.api());
        TestToken reader = tokens.create();
        application.api().bearer(reader.rawToken()).get("/catalog").expect(200);
        service.stop();
        application.api().bearer(reader.rawToken()).get("/catalog").expect(500);
      }
    }
  }

  private static void rawTokens(Api api, ServiceTokens tokens) {
    TestToken reader = tokens.create();
    assertEquals(
        "service-token:group:default/platform:" + reader.name(),
        api.bearer(reader.rawToken()).get("/catalog").ok().getString("name"));
    TestToken other = tokens.create(TokenRequest.good().scopes("techdocs:read"));
    challenge(api.bearer(other.rawToken()).get("/catalog").expect(403), "insufficient_scope");
    challenge(
        api.bearer(IntrospectionService.unknownToken()).get("/catalog").expect(401),
        "invalid_token");
    TestToken limited =
        tokens.create(TokenRequest.good().with("allowedAddresses", "[\"127.0.0.1\"]"));
    api.bearer(limited.rawToken()).get("/catalog").expect(401);
    tokens.revoke(reader.id());
    api.bearer(reader.rawToken()).get("/catalog").expect(401);
  }

  private static void shortLivedTokens(Api api, Api service) {
    PersonalTokens personal = new PersonalTokens(service.as("alice"));
    TestToken reader = personal.create("catalog:read", AUDIENCE_SCOPE);
    String jwt = ShortLivedTokens.exchange(service, reader.rawToken());
    for (String path : List.of("/me", "/catalog")) {
      assertEquals("user:default/alice", api.bearer(jwt).get(path).ok().getString("name"));
    }
    String altered = jwt.substring(0, jwt.length() - 4) + "AAAA";
    challenge(api.bearer(altered).get("/me").expect(401), "invalid_token");
    challenge(api.bearer(reader.rawToken()).get("/me").expect(401), "invalid_token");

    TestToken other = personal.create("catalog:read");
    String otherJwt = ShortLivedTokens.exchange(service, other.rawToken());
    api.bearer(other.rawToken()).get("/catalog").expect(200);
    for (String path : List.of("/me", "/catalog")) {
      challenge(api.bearer(otherJwt).get(path).expect(401), "invalid_token");
    }
  }

  private static void challenge(ApiResult answer, String error) {
    assertTrue(
        answer.headerLine("WWW-Authenticate").startsWith("Bearer error=\"" + error + '"'),
        answer::toString);
  }
}
