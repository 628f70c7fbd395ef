package io.accesstokens.app.logging;

import io.accesstokens.http.problem.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the trace id of a request. The first of these values applies:
 *
 * <ol>
 *   <li>the trace id of the current OpenTelemetry span, if the OpenTelemetry Java agent runs
 *   <li>the trace id of the header {@code traceparent} (W3C Trace Context)
 *   <li>the header {@value #HEADER}, if it is one value of at most 40 safe characters
 *   <li>a new id of 32 lower-case hexadecimal digits
 * </ol>
 *
 * <p>A raw token, a session key or a JWT is longer than 40 characters. Therefore none of them
 * becomes a trace id by mistake.
 */
public final class RequestTrace {

  /**
   * Name of the header that contains the trace id. Every response has this header. A request can
   * have this header instead of {@code traceparent}.
   */
  public static final String HEADER = "X-Request-Id";

  /** Name of the request attribute that contains the trace id, a {@code String}. */
  public static final String ATTRIBUTE = "io.accesstokens.traceId";

  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._:-]{1,40}+");

  private RequestTrace() {}

  /** Returns the trace id of a request. Every call for one request returns the same id. */
  public static String idOf(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof String known) {
      return known;
    }
    String id = choose(request::getHeaders);
    request.setAttribute(ATTRIBUTE, id);
    return id;
  }

  /**
   * Chooses the trace id of a request that has no id yet.
   *
   * @param headers returns all values of a header; null if there are none
   */
  public static String choose(Function<String, @Nullable Enumeration<String>> headers) {
    SpanContext span = Span.current().getSpanContext();
    if (span.isValid()) {
      return span.getTraceId();
    }
    return TraceParent.traceId(values(headers, TraceParent.HEADER))
        .orElseGet(() -> requestId(values(headers, HEADER)));
  }

  /** Sets the trace id of a request for the current thread until the returned scope is closed. */
  public static TraceContext.Scope open(HttpServletRequest request) {
    return TraceContext.open(idOf(request));
  }

  private static List<String> values(
      Function<String, @Nullable Enumeration<String>> headers, String name) {
    Enumeration<String> values = headers.apply(name);
    // Tomcat returns null as the value of a header that contains an illegal character.
    return values == null || !values.hasMoreElements()
        ? List.of()
        : Collections.list(values).stream().filter(Objects::nonNull).toList();
  }

  private static String requestId(List<String> values) {
    return values.size() == 1 && SAFE.matcher(values.get(0)).matches() ? values.get(0) : newId();
  }

  private static String newId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    // The lowest bit of the second half is set, because an id of zeros is invalid.
    return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong() | 1);
  }
}
