package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the Accept header and the media type of the response. */
abstract class AcceptTopic extends Topic {

  @ParameterizedTest(name = "Accept: {0}")
  @ValueSource(
      strings = {
        "application/json",
        "*/*",
        "application/*",
        "text/html, */*;q=0.1",
        "text/html,application/json"
      })
  void acceptedJsonIsSent(String accept) {
    alice.call("GET", PATH + "?limit=1").header("Accept", accept).send().ok();
  }

  @ParameterizedTest(name = "Accept: {0}")
  @ValueSource(strings = {"text/html", "application/xml", "image/*", "text/plain;q=0.5"})
  void requestThatAcceptsNoJsonIsRejected(String accept) {
    alice.call("GET", PATH).header("Accept", accept).send().problem(406);
    alice.call("POST", PATH).header("Accept", accept).json(good().json()).send().problem(406);
    alice.call("GET", WHOAMI).header("Accept", accept).send().problem(406);
  }

  @ParameterizedTest(name = "Accept: {0}")
  @ValueSource(strings = {"garbage", ";", "application/json;q=7", "a/b/c", "application/json;q="})
  void malformedAcceptHeaderIsIgnoredOrRejected(String accept) {
    ApiResult answer = alice.call("GET", PATH).header("Accept", accept).send();
    if (answer.status() != 200) {
      answer.expectProblem().expectOneOf(400, 406);
    }
  }

  @Test
  void errorsHaveTheCommonFormatForEveryAcceptHeader() {
    for (String accept : new String[] {"text/html", "application/json", "image/png", "*/*"}) {
      alice
          .call("GET", PATH + '/' + NO_ID)
          .header("Accept", accept)
          .send()
          .expectProblem()
          .expectOneOf(404, 406);
      anonymous
          .call("GET", PATH)
          .header("Accept", accept)
          .send()
          .expectProblem()
          .expectOneOf(401, 406);
    }
  }

  @Test
  void jsonIsSentAsUtf8() {
    var made = tokens.create(good().withText("description", "\u00fc\uD83D\uDD11"));
    ApiResult answer = alice.get(PATH + '/' + made.id());
    assertEquals("\u00fc\uD83D\uDD11", answer.ok().getString("description"));
    String type = answer.headerLine("Content-Type").toLowerCase(Locale.ROOT).replace(" ", "");
    assertTrue(Set.of("application/json", "application/json;charset=utf-8").contains(type), type);
  }
}
