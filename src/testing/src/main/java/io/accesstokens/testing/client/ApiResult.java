package io.accesstokens.testing.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A response of the application, with assertions for tests. */
public final class ApiResult {

  /** Maximum length of an error body (RFC 9457), in bytes. */
  private static final int MAX_PROBLEM_LENGTH = 2000;

  private final String method;
  private final String target;
  private final int status;
  private final Map<String, List<String>> headers;
  private final byte[] body;

  /** Number of responses 503 to the same request before this response. */
  private int unavailableBefore;

  ApiResult(
      String method, String target, int status, Map<String, List<String>> headers, byte[] body) {
    this.method = method;
    this.target = target;
    this.status = status;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    this.headers.putAll(headers);
    this.body = body.clone();
  }

  /** Records that this response is the one to a repetition, after a response 503. */
  ApiResult after(ApiResult unavailable) {
    unavailableBefore = unavailable.unavailableBefore + 1;
    return this;
  }

  /** Returns the number of responses 503 to the same request, this response included. */
  public int countUnavailable() {
    return unavailableBefore + (status == 503 ? 1 : 0);
  }

  public String method() {
    return method;
  }

  /**
   * Returns true if the request created or rotated a token. The response then contains a raw token.
   */
  public boolean hasNewSecret() {
    return method.equals("POST")
        && (status == 201 || (status == 200 && target.endsWith("/rotate")));
  }

  public int status() {
    return status;
  }

  /** Returns the number of responses by status. */
  public static Map<Integer, Long> countByStatus(List<ApiResult> answers) {
    return answers.stream()
        .collect(Collectors.groupingBy(ApiResult::status, TreeMap::new, Collectors.counting()));
  }

  /** Returns the first value of a header, or empty if the response has no such header. */
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /**
   * Returns all values of a header in the order of the response. The list is empty if there are no
   * values.
   */
  public List<String> headers(String name) {
    return headers.getOrDefault(name, List.of());
  }

  /** Returns all values of a header, joined by commas, or an empty string if there are none. */
  public String headerLine(String name) {
    return String.join(", ", headers(name));
  }

  /** Returns the length of the body in bytes. */
  public int length() {
    return body.length;
  }

  /** Returns a copy of the bytes of the body. */
  public byte[] bytes() {
    return body.clone();
  }

  /** Returns the body, decoded as UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Returns the body without the trace id, which differs in each response. */
  public String untracedText() {
    return header("X-Request-Id")
        .map(id -> text().replace(",\"traceId\":\"" + id + '"', ""))
        .orElseGet(this::text);
  }

  /** Returns the headers and the body as one text. */
  public String everything() {
    return headers + "\n" + text();
  }

  /** Returns the body as a JSON object. */
  public JsonObject json() {
    try (JsonReader reader = Json.createReader(new StringReader(text()))) {
      return reader.readObject();
    } catch (RuntimeException e) {
      throw new AssertionError("no JSON object in " + this, e);
    }
  }

  /** Asserts that the response has the given status. */
  public ApiResult expect(int expected) {
    assertEquals(expected, status, this::toString);
    return this;
  }

  /**
   * Asserts that the response has one of the given statuses. Use this method if the contract
   * permits several statuses.
   */
  public ApiResult expectOneOf(Integer... expected) {
    assertTrue(List.of(expected).contains(status), this::toString);
    return this;
  }

  /** Asserts that the status is 200 and that the body is JSON. Returns the body. */
  public JsonObject ok() {
    expect(200);
    String type = headerLine("Content-Type").toLowerCase(Locale.ROOT);
    assertTrue(type.startsWith("application/json"), this::toString);
    return json();
  }

  /** Asserts that the response is an error with the given status, in the common error format. */
  public ApiResult problem(int expected) {
    return expect(expected).expectProblem();
  }

  /**
   * Asserts that the response is an error in the common error format. The status may be any error
   * status.
   */
  public ApiResult expectProblem() {
    assertTrue(status >= 400, this::toString);
    assertTrue(headerLine("Content-Type").startsWith("application/problem+json"), this::toString);
    assertTrue(length() <= MAX_PROBLEM_LENGTH, this::toString);
    JsonObject problem = json();
    assertTrue(problem.containsKey("error"), this::toString);
    assertTrue(problem.get("type") instanceof JsonString, this::toString);
    assertTrue(!problem.getString("title", "").isBlank(), this::toString);
    assertEquals(status, problem.getInt("status", 0), this::toString);
    assertEquals(
        header("X-Request-Id").orElse(""), problem.getString("traceId", ""), this::toString);
    if (status == 401) {
      assertTrue(headerLine("WWW-Authenticate").contains("Bearer"), this::toString);
    }
    if (status == 405) {
      assertTrue(header("Allow").isPresent(), this::toString);
    }
    if (status == 429 || status == 503) {
      assertTrue(headerLine("Retry-After").matches("\\d+"), this::toString);
    }
    return this;
  }

  /**
   * Asserts that the status is 422 and that the response reports the given field or one of its
   * elements.
   */
  public ApiResult violates(String field) {
    problem(422);
    assertTrue(violatedFields().contains(field), () -> field + " not blamed: " + this);
    for (JsonValue violation : json().getJsonArray("violations")) {
      assertTrue(!violation.asJsonObject().getString("message").isBlank(), this::toString);
    }
    return this;
  }

  /**
   * Returns the names of the fields that a response with status 422 reports. The names have no
   * array indexes: {@code scopes[1]} becomes {@code scopes}.
   */
  public List<String> violatedFields() {
    assertTrue(json().containsKey("violations"), this::toString);
    return json().getJsonArray("violations").stream()
        .map(violation -> violation.asJsonObject().getString("field").replaceFirst("\\[.*", ""))
        .distinct()
        .toList();
  }

  @Override
  public String toString() {
    return method + ' ' + target + " -> " + status + ' ' + headers + '\n' + text();
  }
}
