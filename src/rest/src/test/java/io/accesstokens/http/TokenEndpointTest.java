package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.oauth.GrantRequest;
import io.accesstokens.oauth.TokenEndpoint;
import io.accesstokens.oauth.TokenGrant;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.policy.TooManyChangesException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how the token endpoint handles requests, for any grant type (RFC 6749, section 3.2). */
class TokenEndpointTest {

  private static final String TOKEN = "auth/v1/token";

  private final ApiFixture api = ApiFixture.with(new TokenEndpoint(List.of(new Echo())));

  /** A grant type for any caller. The result depends on a parameter of the form. */
  private static final class Echo implements TokenGrant {

    @Override
    public String type() {
      return "echo";
    }

    @Override
    public Outcome grant(GrantRequest request) {
      return switch (request.required("give")) {
        case "a token" ->
            new Issued("abc", 600, List.of("catalog:read", "catalog:write"), Issued.JWT);
        case "the caller" ->
            new Issued(
                request.caller().map(caller -> caller.getName()).orElse("anonymous"),
                1,
                List.of(),
                Issued.JWT);
        case "an outage" ->
            throw new StoreUnavailableException("unreachable", new RuntimeException());
        case "a limit" -> throw new TooManyChangesException(Duration.ofSeconds(1, 1));
        default -> new Refused(Reason.INVALID_GRANT, "that is not given");
      };
    }
  }

  private ApiFixture.Answer request(String form) {
    return api.anonymous().form(TOKEN, form);
  }

  @Test
  void grantedTokenIsReturned() {
    assertEquals(
        "{\"access_token\":\"abc\",\"token_type\":\"Bearer\",\"expires_in\":600,"
            + "\"scope\":\"catalog:read catalog:write\","
            + "\"issued_token_type\":\"urn:ietf:params:oauth:token-type:jwt\"}",
        request("grant_type=echo&give=a+token").expect(200).text());
  }

  @Test
  void callerIsPassedToTheGrant() {
    String form = "grant_type=echo&give=the+caller";
    assertEquals("anonymous", request(form).json().getString("access_token"));
    assertEquals(
        "user:default/dave", api.as("dave").form(TOKEN, form).json().getString("access_token"));
    api.with("bsat_x").form(TOKEN, form).expectOAuth(401, "invalid_token");
  }

  @Test
  void refusalsHaveStandardErrorCodes() {
    request("grant_type=echo&give=nothing").expectOAuth(400, "invalid_grant");
    request("grant_type=password&give=a+token").expectOAuth(400, "unsupported_grant_type");
  }

  @Test
  void outagesAndLimitsAreNotRefusals() {
    assertEquals(
        "1",
        request("grant_type=echo&give=an+outage")
            .expectOAuth(503, "temporarily_unavailable")
            .header("Retry-After"));
    assertEquals(
        "2",
        request("grant_type=echo&give=a+limit")
            .expectOAuth(429, "temporarily_unavailable")
            .header("Retry-After"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "grant_type=",
        "give=a+token",
        "grant_type=echo",
        "grant_type=echo&grant_type=echo&give=a+token",
        "grant_type=echo&give=%FF",
        "grant_type=echo&give=\u00e4"
      })
  void refusesMalformedForms(String form) {
    request(form).expectOAuth(400, "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"refresh_token", "code", "code_verifier", "client_secret", "to%6ben"})
  void refusesSecretsInTheQuery(String name) {
    ApiFixture.Answer answer =
        api.anonymous().form(TOKEN + "?" + name + "=s3cret", "grant_type=echo&give=a+token");
    answer.expectOAuth(400, "invalid_request");
    assertFalse(answer.text().contains("s3cret"), answer::text);
  }

  @Test
  void requestsWithoutAFormAreRejected() {
    api.anonymous().get(TOKEN).expectOAuth(405, "invalid_request");
    api.anonymous()
        .header("Content-Type", "application/json")
        .form(TOKEN, "{}")
        .expectOAuth(415, "invalid_request");
  }

  @Test
  void formIsLimitedTo16Kilobytes() {
    String form = "grant_type=echo&give=a+token&x=";
    String longest = form + "x".repeat(16_384 - form.length());
    request(longest).expect(200);
    request(longest + "x").expectOAuth(413, "invalid_request");
  }

  @Test
  void formIsLimitedTo100Parameters() {
    String form = "grant_type=echo&give=a+token" + "&".repeat(98);
    request(form).expect(200);
    request(form + '&').expectOAuth(400, "invalid_request");
  }

  @Test
  void queryIsLimitedTo100Parameters() {
    String form = "grant_type=echo&give=a+token";
    String query = TOKEN + "?a=b" + "&a=b".repeat(99);
    api.anonymous().form(query, form).expect(200);
    api.anonymous().form(query + "&a=b", form).expectOAuth(400, "invalid_request");
  }

  @ParameterizedTest
  @CsvSource({"grant_type=echo", "''"})
  void endpointIsNotFoundWithoutAGrant(String form) {
    ApiFixture.with(new TokenEndpoint(List.of()))
        .anonymous()
        .form(TOKEN, form)
        .expectOAuth(404, "invalid_request");
  }
}
