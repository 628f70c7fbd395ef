package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Answer;
import io.accesstokens.testing.RunningApplication;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * All that differs between {@code java -jar} and a servlet container of the operator's: what the
 * server refuses by itself, before the application sees the request. The own server answers this in
 * the form of all errors, too; a container has a form of its own, and no more is promised there
 * than that it is a refusal.
 *
 * <p>Payara answers some of it with an empty 200, with a redirect to a directory or not at all:
 * there, no more is promised than that nothing is served.
 */
enum BeforeTheApplication {
  /** Not the form of HTTP/1.1: RFC 9112, section 3. */
  REQUEST_LINE,
  /** A header that is malformed, missing, contradictory or not known: section 5 and 6. */
  HEADER,
  /** More than the connector's maxHttpHeaderSize or maxHeaderCount. */
  LARGE_HEAD,
  /** A body that is not chunked as it says: section 7.1. */
  CHUNKS,
  /** Characters that a path must not have, and percent-encodings that mean nothing or a slash. */
  PATH,
  /** A path that leads out of the context path, to another application or none. */
  OUTSIDE,
  /** CONNECT, which is for proxies, and TRACE, which servers turn off. */
  METHOD;

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Pattern REFUSAL = Pattern.compile("(?s)HTTP/1\\.1 [45].*|(?!HTTP/).*");

  /** Checks an answer to a request that is one of these; the statuses are those to expect. */
  void check(RunningApplication application, Answer answer, Integer... expected) {
    if (application.hasOwnServer()) {
      answer.isProblem();
    }
    if (application.mayStaySilent() && servesNothing(answer)) {
      return;
    }
    answer.expectOneOf(expected);
    assertFalse(answer.text().contains("<web-app"), answer::toString);
  }

  private static boolean servesNothing(Answer answer) {
    return answer.status() == 301 || (answer.status() == 200 && answer.length() == 0);
  }

  /** The same for an answer that need not come. */
  void check(RunningApplication application, Optional<Answer> answer, Integer... expected) {
    if (answer.isPresent()) {
      check(application, answer.get(), expected);
    } else {
      assertTrue(application.mayStaySilent(), () -> this + ": no answer at all");
    }
  }

  /** Sends text of which no HTTP/1.1 request can be made, and checks the text that comes back. */
  String exchange(RunningApplication application, String request) {
    if (application.mayStaySilent()) {
      String answer = application.socket().exchangeWithin(PATIENCE, request);
      assertTrue(answer.isEmpty() || REFUSAL.matcher(answer).matches(), () -> this + answer);
      return answer;
    }
    String answer = application.socket().exchange(request);
    if (application.hasOwnServer()) {
      assertFalse(answer.toLowerCase(Locale.ROOT).contains("html"), answer);
    }
    assertFalse(answer.isEmpty(), "no answer at all");
    assertTrue(REFUSAL.matcher(answer).matches(), () -> this + ": " + answer);
    return answer;
  }
}
