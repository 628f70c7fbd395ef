package io.accesstokens.it;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.RunningApplication;
import jakarta.json.JsonObject;
import java.util.List;
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

  /** Returns the ids of tokens in their order. */
  static List<String> ids(List<JsonObject> listed) {
    return listed.stream().map(token -> token.getString("id")).toList();
  }
}
