package io.accesstokens.oauth;

import static io.accesstokens.testing.FuzzInput.header;
import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.same;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.testing.FuzzInput;
import jakarta.ws.rs.WebApplicationException;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.uri.UriComponent;

/** Fuzzes forms. The first line of the input is the query. The other lines are the body. */
class FormBodyFuzzTest {

  private static final List<String> NAMES =
      List.of("token", "token_type_hint", "grant_type", "refresh_token", "scope", "code", "a");

  private final ContainerRequest request = FuzzInput.request("application/x-www-form-urlencoded");

  @FuzzTest
  @DictionaryEntries({
    "token=",
    "token_type_hint=",
    "grant_type=refresh_token",
    "refresh_token=",
    "scope=",
    "code=",
    "code_verifier=",
    "client_id=",
    "redirect_uri=",
    "%C3%A4",
    "%00",
    "%zz",
    "&"
  })
  void forms(byte[] input) {
    String text = header(input);
    int end = text.indexOf('\n');
    String query = end < 0 ? "" : text.substring(0, end);
    String body = text.substring(end + 1);
    read(query, body).ifPresent(form -> matchesJdkDecoder(body, form));
    read("", body)
        .ifPresent(
            form -> {
              matchesJdkDecoder(body, form);
              holds("a form is redacted", form.toString().equals("FormBody[redacted]"));
            });
    var unused = AuthorizationServer.matches(query);
  }

  private Optional<FormBody> read(String query, String body) {
    URI uri =
        URI.create(
            "http://localhost/api/token?"
                + UriComponent.contextualEncode(query, UriComponent.Type.QUERY));
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return Optional.of(
          FormBody.read(request, uri, new ByteArrayInputStream(bytes), FormBody.MAX_BYTES));
    } catch (WebApplicationException e) {
      same("the status of a refusal", 400, e.getResponse().getStatus());
      holds(
          "invalid_request",
          e.getResponse().getEntity() instanceof OAuthError error
              && error.error().equals("invalid_request"));
      return Optional.empty();
    }
  }

  /** Asserts that the form has the same parameters as with the JDK's decoder. */
  private static void matchesJdkDecoder(String body, FormBody form) {
    Map<String, String> expected = new HashMap<>();
    for (String pair : body.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      expected.put(
          URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
          URLDecoder.decode(parts.length < 2 ? "" : parts[1], StandardCharsets.UTF_8));
    }
    for (String name : NAMES) {
      same(
          name,
          Optional.ofNullable(expected.get(name)).filter(value -> !value.isEmpty()),
          form.optional(name));
    }
  }
}
