package io.accesstokens.http.input;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.same;
import static io.accesstokens.testing.FuzzInput.text;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.testing.FuzzInput;
import io.accesstokens.token.policy.InvalidRequestException;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.glassfish.jersey.server.ContainerRequest;

/** Fuzzes JSON bodies. The test uses the parser that reads the body of every request. */
class JsonBodyFuzzTest {

  private static final List<String> MEMBERS =
      List.of("name", "description", "groupEntityRef", "expiresAt", "reason");

  private final ContainerRequest request = FuzzInput.request("application/json");

  @FuzzTest
  @DictionaryEntries({
    "{\"name\":\"a\"}",
    "\"description\":",
    "\"groupEntityRef\":",
    "\"scopes\":[\"a\"]",
    "\"expiresInDays\":30",
    "\"expiresAt\":",
    "\"reason\":",
    "\"ids\":[]",
    "null",
    "1e3",
    "\\u00e4"
  })
  void bodies(byte[] input) {
    Optional<JsonBody> body = read(input);
    if (body.isEmpty()) {
      return;
    }
    Map<String, Object> oracle;
    try {
      oracle = JSONObjectUtils.parse(text(input));
    } catch (ParseException e) {
      if (text(input).matches("(?s).*[0-9][eE].*")) {
        return; // the other parser rejects numbers outside the range of double
      }
      throw new AssertionError("another parser refuses it: " + e.getMessage(), e);
    }
    for (String member : MEMBERS) {
      Object expected = oracle.get(member);
      same(member, expected instanceof String ? expected : null, body.get().string(member));
    }
    Long days = body.get().integer("expiresInDays");
    if (days != null) {
      same(
          "expiresInDays",
          0,
          new BigDecimal(String.valueOf(oracle.get("expiresInDays")))
              .compareTo(BigDecimal.valueOf(days)));
    }
    List<?> scopes = body.get().strings("scopes");
    if (scopes != null) {
      same("scopes", ((List<?>) oracle.getOrDefault("scopes", List.of())).size(), scopes.size());
    }
    asEveryRequest(input);
  }

  private Optional<JsonBody> read(byte[] input) {
    try {
      return Optional.of(JsonBody.read(request, new ByteArrayInputStream(input)));
    } catch (MalformedRequestException e) {
      String message = String.valueOf(e.getMessage());
      holds("a message of its own: " + message, message.startsWith("the body must"));
      return Optional.empty();
    }
  }

  private void asEveryRequest(byte[] input) {
    var token = RequestSchemas.newToken(read(input).orElseThrow());
    var personal = RequestSchemas.newPersonalToken(read(input).orElseThrow());
    var many = RequestSchemas.revocations(read(input).orElseThrow());
    holds("all are read", token != null && personal != null && many != null);
    try {
      var unused = RequestSchemas.reason(read(input).orElseThrow());
    } catch (InvalidRequestException e) {
      holds("a refusal names a member", !e.violations().isEmpty());
    }
  }
}
