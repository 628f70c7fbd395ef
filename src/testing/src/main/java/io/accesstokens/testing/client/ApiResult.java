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

/** A response of the application, with the assertions that many tests share. */
public final class ApiResult {

  /** Maximum length of an error (RFC 9457) in the contract. */
  private static final int LONGEST_PROBLEM = 2000;

  private final String method;
  private final String target;
  private final int status;
  private final Map<String, List<String>> headers;
  private final byte[] body;

  ApiResult(
      String method, String target, int status, Map<String, List<String>> headers, byte[] body) {
    this.method = method;
    this.target = target;
    this.status = status;
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    this.headers.putAll(headers);
    this.body = body.clone();
  }

  public String method() {
    return method;
  }

  public int status() {
    return status;
  }

  /** Returns the first value of a header. */
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /** Returns all values of a header, as sent. */
  public List<String> headers(String name) {
    return headers.getOrDefault(name, List.of());
  }

  /** Returns all values of a header in one line, or an empty string. */
  public String headerLine(String name) {
    return String.join(", ", headers(name));
  }

  /** Returns the length of the body in bytes. */
  public int length() {
    return body.length;
  }

  /** Returns the body as it was sent. */
  public byte[] bytes() {
    return body.clone();
  }

  /** Returns the body, decoded as UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Returns the whole response as text, to search it. */
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

  /** Asserts the status. */
  public ApiResult expect(int expected) {
    assertEquals(expected, status, this::toString);
    return this;
  }

  /** Asserts that the status is one of these. For statuses that the contract leaves open. */
  public ApiResult expectOneOf(Integer... expected) {
    assertTrue(List.of(expected).contains(status), this::toString);
    return this;
  }

  /** Asserts a 200 with a JSON body, and returns the body. */
  public JsonObject ok() {
    expect(200);
    String type = headerLine("Content-Type").toLowerCase(Locale.ROOT);
    assertTrue(type.startsWith("application/json"), this::toString);
    return json();
  }

  /** Asserts an error with this status in the common error format. */
  public ApiResult problem(int expected) {
    return expect(expected).isProblem();
  }

  /** Asserts that this response is an error in the common format, with any status. */
  public ApiResult isProblem() {
    assertTrue(status >= 400, this::toString);
    assertTrue(headerLine("Content-Type").startsWith("application/problem+json"), this::toString);
    assertTrue(length() <= LONGEST_PROBLEM, this::toString);
    JsonObject problem = json();
    assertTrue(problem.containsKey("error"), this::toString);
    assertTrue(problem.get("type") instanceof JsonString, this::toString);
    assertTrue(!problem.getString("title", "").isBlank(), this::toString);
    assertEquals(status, problem.getInt("status", 0), this::toString);
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

  /** Asserts a 422 that reports this field or an element of it. */
  public ApiResult violates(String field) {
    problem(422);
    assertTrue(violatedFields().contains(field), () -> field + " not blamed: " + this);
    for (JsonValue violation : json().getJsonArray("violations")) {
      assertTrue(!violation.asJsonObject().getString("message").isBlank(), this::toString);
    }
    return this;
  }

  /** Returns the fields that a 422 reports; {@code scopes[1]} counts as {@code scopes}. */
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
