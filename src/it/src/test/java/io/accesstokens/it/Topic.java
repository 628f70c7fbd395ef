package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.TestInstance;

/** A topic of the contract, tested against a running application with the sample users. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Topic {

  static final String PATH = ServiceTokens.PATH;
  static final String WHOAMI = ServiceTokens.WHOAMI;
  static final String PLATFORM = "group:default/platform";
  static final String PAYMENTS = "group:default/payments";

  /** A UUID that no token has. */
  static final String NO_ID = "00000000-0000-4000-8000-000000000000";

  static final String REASON = "{\"reason\":\"no longer needed\"}";

  /** Basic credentials of alice, whose password is her name. */
  static final String BASIC = "Authorization: Basic YWxpY2U6YWxpY2U=\r\n";

  final RunningApplication application = ServiceContract.running();
  final Api anonymous = application.api();
  final Api alice = anonymous.as("alice");
  final Api bob = anonymous.as("bob");
  final Api carol = anonymous.as("carol");
  final Api dave = anonymous.as("dave");
  final ServiceTokens tokens = new ServiceTokens(alice);

  /** Sends a request line and headers, and adds a Host header. */
  final ApiResult raw(String requestLine, String headers) {
    return application
        .socket()
        .send(
            requestLine
                + "\r\nHost: "
                + application.socket().host()
                + "\r\n"
                + headers
                + "Connection: close\r\n\r\n");
  }

  /** Revokes a token while other threads use it, and asserts that no later use is accepted. */
  final void assertUsesEndWith(Runnable revocation, TestToken made) throws Exception {
    var bearer = anonymous.bearer(made.rawToken());
    CountDownLatch uses = new CountDownLatch(20);
    List<Boolean> held =
        Parallel.run(
            8,
            i -> {
              if (i == 0) {
                assertTrue(uses.await(60, TimeUnit.SECONDS), "the token is not in use");
                revocation.run();
                return bearer.get(WHOAMI).status() == 401;
              }
              int status = 200;
              long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
              while (status == 200 && System.nanoTime() < end) {
                status = bearer.get(WHOAMI).status();
                uses.countDown();
              }
              // After the first rejection, the token stays rejected.
              return status == 401 && bearer.get(WHOAMI).status() == 401;
            });
    assertEquals(Collections.nCopies(8, true), held);
  }

  /** Returns the ids of tokens in their order. */
  static List<String> ids(List<JsonObject> listed) {
    return listed.stream().map(token -> token.getString("id")).toList();
  }
}
