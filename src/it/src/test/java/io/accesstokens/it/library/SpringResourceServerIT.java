package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.ShortLived;
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

  @Test
  void rawTokensAndShortLivedTokensAreAccepted(@TempDir Path folder) throws Exception {
    MavenProject project = MavenProject.copy(PROJECT, folder);
    project.build();
    try (RunningApplication service =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true"))) {
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
                      issuer),
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
    PersonalTokens personal = new PersonalTokens(service.as("dave"));
    TestToken reader = personal.create();
    String jwt = ShortLived.exchange(service, reader.rawToken());
    assertEquals("user:default/dave", api.bearer(jwt).get("/me").ok().getString("name"));
    String altered = jwt.substring(0, jwt.length() - 4) + "AAAA";
    challenge(api.bearer(altered).get("/me").expect(401), "invalid_token");
    challenge(api.bearer(reader.rawToken()).get("/me").expect(401), "invalid_token");
  }

  private static void challenge(ApiResult answer, String error) {
    assertTrue(
        answer.headerLine("WWW-Authenticate").startsWith("Bearer error=\"" + error + '"'),
        answer::toString);
  }
}
