package io.accesstokens.it;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that malformed or very long input results in a fast 4xx. */
abstract class MalformedInputTopic extends Topic {

  private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
  private static final String EMPTY = "Content-Length: 0\r\n";
  private static final String SESSION = "/api/access-tokens/session";

  /** Length of long data, within the head limits of the containers. */
  private static final int LONG = 6_000;

  private static final List<String> MALFORMED_QUERIES =
      List.of("%zz", "%", "a=%f", "a=%-1", "%ff", "token=%zz", "limit=%zz", "%zz=1&limit=2");

  /** Many times the expected time, and a fraction of the time before fixes. */
  private static final Duration SOON = Duration.ofSeconds(5);

  /** Tests requests without a body, because Jersey then reads the form from the query. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "POST,    /api/access-tokens/revoke,      400",
    "POST,    /api/access-tokens/introspect,  400",
    "POST,    /api/access-tokens/service,     415",
    "POST,    /api/access-tokens/session,     415",
    "PUT,     /api/access-tokens/verify,      403",
    "PUT,     /api/nothing,                   404",
    "PATCH,   /api/access-tokens/service,     405",
    "OPTIONS, /api/access-tokens/service,     200",
    "GET,     /api/access-tokens/service,     400",
    "GET,     /api/access-tokens/groups,      400",
    "GET,     /api/access-tokens/whoami,      200"
  })
  void malformedQueryHasTheStatusOfTheRoute(String method, String path, int expected) {
    for (String query : MALFORMED_QUERIES) {
      String credential = path.equals(SESSION) ? "" : BASIC;
      raw(method + ' ' + path + '?' + query + " HTTP/1.1", credential + FORM + EMPTY)
          .expect(expected);
    }
  }

  /** In a container, the application does not know its own address, and may respond with a 404. */
  @Test
  void malformedQueryOfATokenRequestIsRejected() {
    for (String query : MALFORMED_QUERIES) {
      ApiResult answer = raw("POST /api/auth/v1/token?" + query + " HTTP/1.1", FORM + EMPTY);
      if (application.isStandalone()) {
        answer.expect(400);
      } else {
        answer.expectOneOf(400, 404);
      }
    }
  }

  @Test
  void longMediaTypesAreParsedInBoundedTime() {
    String spaces = " ".repeat(LONG / 2);
    for (String type :
        List.of(
            "a/b;" + spaces + ';' + spaces + '(',
            "a/b" + ";a=b".repeat(LONG / 4),
            "a/b" + ";".repeat(LONG),
            "a/b;c=\"" + "\\".repeat(LONG) + '"',
            "/".repeat(LONG))) {
      soon("GET " + WHOAMI + " HTTP/1.1", BASIC + "Accept: " + type + "\r\n", 406);
      soon("POST " + PATH + " HTTP/1.1", BASIC + EMPTY + "Content-Type: " + type + "\r\n", 415);
      soon("GET / HTTP/1.1", "Accept-Encoding: gzip" + type + "\r\n", 302);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/;", "/a", "/;a=b", ";", "/%20", "/a/"})
  void longPathsAreParsedInBoundedTime(String repeated) {
    String part = repeated.repeat(LONG / repeated.length());
    soon("GET /api/access-tokens" + part + "x HTTP/1.1", BASIC, 404, 400);
    soon("GET /api" + part + "access-tokens/service HTTP/1.1", BASIC, 404, 400, 200);
  }

  @Test
  void pathWithMoreThan32SemicolonsIsRefused() {
    for (String parameter : List.of(";", ";a=b")) {
      String most = WHOAMI + parameter.repeat(32);
      raw("GET " + most + " HTTP/1.1", BASIC).expect(200);
      raw("GET " + most + "; HTTP/1.1", BASIC).problem(400);
      raw("GET " + most + "/x; HTTP/1.1", BASIC).problem(400);
      soon("GET " + WHOAMI + parameter.repeat(LONG / 4) + " HTTP/1.1", BASIC, 400);
    }
    if (application.isStandalone()) {
      raw("GET /sign-in" + ";".repeat(33) + " HTTP/1.1", "").problem(400);
      raw("HEAD /sign-in" + ";".repeat(33) + " HTTP/1.1", "").expect(400);
      raw("POST /sign-in" + ";".repeat(33) + " HTTP/1.1", "Content-Length: 0\r\n").problem(400);
    }
  }

  /** Tests combining marks, because their normalization takes quadratic time. */
  @Test
  void longUsernamesAreRejectedInBoundedTime() {
    String marks = "\u0301".repeat(4_000) + "\u0316".repeat(4_000);
    String body = "{\"username\":\"a" + marks + "\",\"password\":\"x\"}";
    TimeLimits.within(SOON, () -> anonymous.post(SESSION, body).expect(401));
    Api basic = anonymous.basic("a" + marks.substring(3_000, 5_000), "x");
    TimeLimits.within(SOON, () -> basic.get(WHOAMI).expect(401));
  }

  private void soon(String requestLine, String headers, Integer... expected) {
    TimeLimits.within(SOON, () -> raw(requestLine, headers).expectOneOf(expected));
  }
}
