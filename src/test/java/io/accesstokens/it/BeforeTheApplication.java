package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Answer;
import io.accesstokens.testing.RunningApplication;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * All that differs between {@code java -jar} and a servlet container of the operator's: what the
 * server refuses by itself, before the application sees the request. The own server answers this in
 * the form of all errors, too; a container has a form of its own, and no more is promised there
 * than that it is a refusal.
 */
enum BeforeTheApplication {
  /** Not the form of HTTP/1.1: RFC 9112, section 3. */
  REQUEST_LINE,
  /** A header that is malformed, missing, contradictory or not known: section 5 and 6. */
  HEADER,
  /** More than the connector's maxHttpHeaderSize or maxHeaderCount. */
  LARGE_HEAD,
  /** Characters that a path must not have, and percent-encodings that mean nothing or a slash. */
  PATH,
  /** A path that leads out of the context path, to another application or none. */
  OUTSIDE,
  /** CONNECT, which is for proxies. */
  METHOD;

  private static final Pattern REFUSAL = Pattern.compile("(?s)HTTP/1\\.1 [45].*|(?!HTTP/).*");

  /** Checks an answer to a request that is one of these. */
  Answer check(RunningApplication application, Answer answer) {
    if (application.hasOwnServer()) {
      return answer.isProblem();
    }
    assertTrue(answer.status() >= 400 && answer.status() != 500, () -> this + ": " + answer);
    assertFalse(answer.text().contains("<web-app"), answer::toString);
    return answer;
  }

  /** The same for an answer that may be a body without a status (HTTP/0.9). */
  void check(RunningApplication application, String answer) {
    if (application.hasOwnServer()) {
      assertFalse(answer.toLowerCase(Locale.ROOT).contains("html"), answer);
    }
    assertFalse(answer.isEmpty(), "no answer at all");
    assertTrue(REFUSAL.matcher(answer).matches(), () -> this + ": " + answer);
  }
}
