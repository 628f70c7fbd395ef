package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.ServiceTokens.path;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** Tests the setting {@code accessTokens.usage.callers}, and callers behind a trusted proxy. */
class CallersSettingIT {

  private static ConditionFactory await() {
    return Awaitility.await().pollInterval(Duration.ofMillis(100));
  }

  private static void use(RunningApplication application, TestToken token) {
    application
        .api()
        .bearer(token.rawToken())
        .call("GET", WHOAMI)
        .header("X-Forwarded-For", "203.0.113.5, 192.0.2.41")
        .header("User-Agent", "job/1")
        .send()
        .ok();
  }

  private static JsonObject usage(RunningApplication application, TestToken token) {
    return application.api().as("bob").get(path(token.id()) + "/usage").ok();
  }

  private static int uses(RunningApplication application, TestToken token) {
    return usage(application, token).getJsonObject("accepted").getInt("count");
  }

  private static List<String> addresses(RunningApplication application, TestToken token) {
    return usage(application, token).getJsonArray("callers").getValuesAs(JsonObject.class).stream()
        .map(caller -> caller.getString("address"))
        .toList();
  }

  @Test
  void callersAreDeletedWhenTheyAreTurnedOff() throws Exception {
    WarProcess process =
        WarProcess.inNewFolder()
            .withDataDirectory()
            .withEnvironment("ACCESSTOKENS_TRUSTEDPROXIES", "127.0.0.1");
    TestToken token;
    try (RunningApplication gathering = RunningApplication.start(process)) {
      token = new ServiceTokens(gathering.api().as("alice")).create();
      use(gathering, token);
      await().until(() -> uses(gathering, token) == 1);
      assertEquals(List.of("192.0.2.41"), addresses(gathering, token));
      gathering.stop();
    }
    try (RunningApplication off =
        RunningApplication.start(process.withEnvironment("ACCESSTOKENS_USAGE_CALLERS", "false"))) {
      use(off, token);
      await().until(() -> uses(off, token) == 2);
      await().until(() -> addresses(off, token).isEmpty());
    }
  }
}
