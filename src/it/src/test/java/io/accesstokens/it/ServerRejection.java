package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.server.RunningApplication;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Kinds of requests that a server rejects before the application receives them. The responses to
 * these requests are the only difference between {@code java -jar} and a servlet container of the
 * operator.
 *
 * <ul>
 *   <li>The application's own server responds in the common error format.
 *   <li>A container has its own format. The contract promises only that it rejects the request.
 *   <li>Payara responds to some requests with an empty 200, with a redirect to a directory, or not
 *       at all. The contract promises only that no content is served.
 * </ul>
 */
enum ServerRejection {
  /** A request line in another format than HTTP/1.1 (RFC 9112, section 3). */
  REQUEST_LINE,
  /** A header that is malformed, missing, contradictory or unknown (sections 5 and 6). */
  HEADER,
  /** A head above the connector's maxHttpHeaderSize or maxHeaderCount. */
  LARGE_HEAD,
  /** A body with invalid chunks (section 7.1). */
  CHUNKS,
  /**
   * A path with forbidden characters, or with percent-encodings that are invalid or encode a slash.
   */
  PATH,
  /** A path outside the context path, to another application or none. */
  OUTSIDE,
  /** CONNECT, which is for proxies, and TRACE, which servers disable. */
  METHOD;

  private static final Duration TIMEOUT = Duration.ofMillis(500);
  private static final Pattern REFUSAL = Pattern.compile("(?s)HTTP/1\\.1 [45].*|(?!HTTP/).*");

  /** Asserts that a response to such a request has one of the expected statuses. */
  void check(RunningApplication application, ApiResult answer, Integer... expected) {
    if (application.isStandalone()) {
      answer.expectProblem();
    }
    if (application.mayIgnoreNonHttp() && servesNothing(answer)) {
      return;
    }
    answer.expectOneOf(expected);
    assertFalse(answer.text().contains("<web-app"), answer::toString);
  }

  private static boolean servesNothing(ApiResult answer) {
    return answer.status() == 301 || (answer.status() == 200 && answer.length() == 0);
  }

  /** Asserts the same for a response that may be absent. */
  void check(RunningApplication application, Optional<ApiResult> answer, Integer... expected) {
    if (answer.isPresent()) {
      check(application, answer.get(), expected);
    } else {
      assertTrue(application.mayIgnoreNonHttp(), () -> this + ": no response at all");
    }
  }

  /**
   * Sends text that is not an HTTP/1.1 request, and asserts that the received text is a rejection.
   */
  String exchange(RunningApplication application, String request) {
    if (application.mayIgnoreNonHttp()) {
      String answer = application.socket().exchangeWithin(TIMEOUT, request);
      assertTrue(answer.isEmpty() || REFUSAL.matcher(answer).matches(), () -> this + answer);
      return answer;
    }
    String answer = application.socket().exchange(request);
    if (application.isStandalone()) {
      assertFalse(answer.toLowerCase(Locale.ROOT).contains("html"), answer);
    }
    assertFalse(answer.isEmpty(), "no response at all");
    assertTrue(REFUSAL.matcher(answer).matches(), () -> this + ": " + answer);
    return answer;
  }
}
