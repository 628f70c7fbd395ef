package io.accesstokens.testing.fuzz;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.fuzz.Operation.DeclaredResponse;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Validates a response by these rules. Thread-safe.
 *
 * <ul>
 *   <li>Status, media type, headers and body agree with the OpenAPI document.
 *   <li>The status is not a server error (5xx).
 *   <li>A response to HEAD has no body.
 *   <li>The response contains no token unless the operation creates the token.
 *   <li>An error is a JSON object with the member {@code error}, and is shorter than {@value
 *       #MAX_ERROR_LENGTH} bytes.
 *   <li>An error does not repeat input of the request.
 *   <li>An error with the status 401, 405, 429 or 503 has the header that this status needs, for
 *       example {@code Retry-After}.
 * </ul>
 */
final class ResponseCheck {

  private static final int MAX_ERROR_LENGTH = 2_000;

  /** Permitted error statuses for a malformed path, and for a path that is not in the document. */
  private static final Set<Integer> UNROUTED_STATUSES = Set.of(400, 404, 405, 414, 431);

  private static final Set<Integer> OPTIONS_STATUSES = Set.of(200, 204);

  private static final Pattern RAW_TOKEN = Pattern.compile("b[sp]at_[\\w-]{43}");
  private static final Pattern SIGNED_TOKEN =
      Pattern.compile("eyJ[\\w-]{10,}+\\.[\\w-]++\\.[\\w-]++");

  private final String components;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  private final Map<JsonObject, Schema> compiled = new ConcurrentHashMap<>();

  ResponseCheck(OpenApi api) {
    JsonObjectBuilder closed = Json.createObjectBuilder();
    api.schemas().forEach((name, schema) -> closed.add(name, closed(schema.asJsonObject())));
    components = Json.createObjectBuilder().add("schemas", closed).build().toString();
  }

  /** Returns a copy of an object schema. The copy rejects undeclared members. */
  private static JsonObject closed(JsonObject schema) {
    return schema.containsKey("properties") && !schema.containsKey("additionalProperties")
        ? Json.createObjectBuilder(schema).add("additionalProperties", false).build()
        : schema;
  }

  /** Returns the findings for a response. The list is empty if there are no findings. */
  List<String> findings(FuzzedRequest request, ApiResult answer) {
    List<String> findings = new ArrayList<>();
    int status = answer.status();
    if (status >= 500) {
      findings.add("a failure of the server");
    }
    if (status >= 400) {
      checkError(answer, findings);
    }
    checkSecrets(request, answer, findings);
    if (request.isHead() && answer.length() > 0) {
      findings.add("a response to HEAD with a body");
    }
    if (request.method().equals("OPTIONS") && !request.isDeclared() && status < 300) {
      checkOptions(answer, findings);
    } else {
      checkDeclared(request, answer, findings);
    }
    return findings;
  }

  /**
   * Validates the response to an OPTIONS request. The document describes OPTIONS once for all
   * paths.
   */
  private static void checkOptions(ApiResult answer, List<String> findings) {
    if (!OPTIONS_STATUSES.contains(answer.status()) || answer.header("Allow").isEmpty()) {
      findings.add("not what the document says of OPTIONS");
    }
  }

  private void checkDeclared(FuzzedRequest request, ApiResult answer, List<String> findings) {
    int status = answer.status();
    if (!request.routed() && (status < 400 || UNROUTED_STATUSES.contains(status))) {
      return;
    }
    DeclaredResponse declared = request.operation().responses().get(status);
    if (declared == null) {
      findings.add("a status that is not declared");
      return;
    }
    if (!request.isDeclared() && status < 400) {
      findings.add("a method that is not declared, and succeeds");
    }
    for (String header : declared.headers()) {
      if (answer.header(header).isEmpty()) {
        findings.add("lacks the declared header " + header);
      }
    }
    String type =
        answer.headerLine("Content-Type").toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
    if (request.isHead()) {
      return;
    }
    if (declared.content().isEmpty()) {
      if (answer.length() > 0) {
        findings.add("a body where none is declared");
      }
    } else if (!declared.content().containsKey(type)) {
      findings.add("a media type that is not declared: " + type);
    } else {
      checkBody(declared.content().get(type), type, answer, findings);
    }
  }

  private void checkBody(JsonObject schema, String type, ApiResult answer, List<String> findings) {
    if (schema.isEmpty()) {
      findings.add("no schema is declared");
    } else if (type.endsWith("json") && !type.endsWith("ndjson")) {
      Schema validator = compiled.computeIfAbsent(schema, this::compile);
      validator.validate(answer.text(), InputFormat.JSON).stream()
          .limit(5)
          .forEach(error -> findings.add("not of the declared schema: " + error));
    }
  }

  private Schema compile(JsonObject schema) {
    try (JsonReader reader = Json.createReader(new StringReader(components))) {
      JsonObjectBuilder whole = Json.createObjectBuilder(closed(schema));
      whole.add("components", reader.readObject());
      return registry.getSchema(whole.build().toString(), InputFormat.JSON);
    }
  }

  private static void checkError(ApiResult answer, List<String> findings) {
    if (answer.length() >= MAX_ERROR_LENGTH) {
      findings.add("an error of " + answer.length() + " bytes");
    }
    if (answer.text().contains(HostileValues.MARK)) {
      findings.add("an error that repeats input");
    }
    int status = answer.status();
    if (status == 401 && !answer.headerLine("WWW-Authenticate").contains("Bearer")) {
      findings.add("a 401 without a Bearer challenge");
    }
    if (status == 405 && answer.header("Allow").isEmpty()) {
      findings.add("a 405 without Allow");
    }
    if ((status == 429 || status == 503)
        && !answer.headerLine("Retry-After").matches("[0-9]{1,5}")) {
      findings.add("a " + status + " without Retry-After in seconds");
    }
    if (answer.method().equals("HEAD")) {
      return;
    }
    try (JsonReader reader = Json.createReader(new StringReader(answer.text()))) {
      JsonValue error = reader.readObject().get("error");
      if (error == null || error.getValueType() != JsonValue.ValueType.STRING) {
        findings.add("an error without the member error");
      }
    } catch (JsonException e) {
      findings.add("an error that is no JSON object");
    }
  }

  private static void checkSecrets(FuzzedRequest request, ApiResult answer, List<String> findings) {
    Operation operation = request.operation();
    String everything = answer.everything();
    boolean creates =
        answer.status() < 300 && request.isDeclared() && operation.creates(answer.status());
    if (!creates && RAW_TOKEN.matcher(everything).find()) {
      findings.add("a raw token in a response that does not create it");
    }
    boolean exchanges = answer.status() == 200 && everything.contains("\"access_token\"");
    if (!exchanges && SIGNED_TOKEN.matcher(everything).find()) {
      findings.add("a signed token in a response that does not create it");
    }
  }
}
