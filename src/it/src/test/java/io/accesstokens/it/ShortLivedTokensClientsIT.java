package io.accesstokens.it;

import static io.accesstokens.testing.client.ShortLivedTokens.exchange;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.ShortLivedTokens;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.program.NodeClients;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests independent OAuth and JOSE clients from npm, without any configuration. */
class ShortLivedTokensClientsIT {

  private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  private static String issuer(RunningApplication application) {
    return application.api().origin() + "/api/auth";
  }

  @Test
  void openIdClientExchangesIntrospectsAndRevokes() throws Exception {
    try (RunningApplication application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .withDataDirectory()
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true"))) {
      PersonalTokens daves = new PersonalTokens(application.api().as("dave"));
      String secret =
          new ServiceTokens(application.api().as("alice"))
              .create(good().scopes(OAuthTopic.PERMISSION))
              .rawToken();
      openIdClient(application, daves.create().rawToken(), secret);
      JsonObject seen =
          NodeClients.run("oauth4webapi", issuer(application), daves.create().rawToken(), secret);
      assertEquals(
          "{\"basic\":true,\"post\":true,\"wrong\":\"401 bearer,basic\"}",
          seen.getJsonObject("machines").toString());
      assertEquals(issuer(application), seen.getString("issuer"));
      assertEquals("user:default/dave", seen.getString("sub"));
      assertEquals("invalid_grant", seen.getString("exchangeAfter"));
    }
  }

  private static void openIdClient(RunningApplication application, String raw, String secret)
      throws Exception {
    JsonObject seen = NodeClients.run("openid-client", issuer(application), raw, secret);
    String machine = "{\"active\":true,\"expiresIn\":600}";
    assertEquals(
        "{\"basic\":" + machine + ",\"post\":" + machine + ",\"wrong\":\"401 bearer\"}",
        seen.getJsonObject("machines").toString());
    assertEquals(
        application.api().origin() + ShortLivedTokens.TOKEN, seen.getString("tokenEndpoint"));
    assertTrue(seen.getBoolean("sameByRfc8414"), seen::toString);
    assertEquals(600, seen.getInt("expiresIn"));
    assertEquals("access-tokens:user:read", seen.getString("scope"));
    assertEquals("access-tokens:user:read", seen.getString("narrowScope"));
    assertTrue(seen.isNull("refreshToken"), seen::toString);
    assertEquals("user:default/dave", seen.getJsonObject("jwt").getString("sub"));
    assertTrue(seen.getJsonObject("before").getBoolean("active"), seen::toString);
    assertEquals(
        seen.getJsonObject("jwt").getString("jti"), seen.getJsonObject("before").getString("jti"));
    assertEquals("unsupported_token_type", seen.getString("jwtRevocation"));
    assertEquals("{\"active\":false}", seen.getJsonObject("after").toString());
    assertEquals("invalid_grant", seen.getString("exchangeAfter"));
  }

  @Test
  void librariesVerifyOfflineBeforeAndAfterARotation() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    WarProcess call =
        WarProcess.inNewFolder()
            .withDatabase(database)
            .withEnvironment("ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY", KEY);
    try (RunningApplication application = RunningApplication.start(call)) {
      Api api = application.api();
      String raw = new PersonalTokens(api.as("dave")).create().rawToken();
      String before = exchange(api, raw);
      NodeClients.run("jose", issuer(application), before);

      Outcome rotated = call.command("rotate-keys").with("--now").run("");
      assertEquals(0, rotated.exitCode(), rotated::toString);
      String former = ShortLivedTokens.header(before).getString("kid");
      String after =
          Awaitility.await()
              .pollInterval(Duration.ofSeconds(1)) // exchanges are limited
              .until(
                  () -> exchange(api, raw),
                  jwt -> !ShortLivedTokens.header(jwt).getString("kid").equals(former));
      JsonObject seen = NodeClients.run("jose", issuer(application), before, after);
      assertEquals(former, seen.getJsonArray("verified").getJsonObject(0).getString("kid"));
      assertNotEquals(former, seen.getJsonArray("verified").getJsonObject(1).getString("kid"));
    }
  }
}
