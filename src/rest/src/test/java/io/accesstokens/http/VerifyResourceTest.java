package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the resource that tells a proxy whether to forward a request. */
class VerifyResourceTest {

  private static final String ENVOY = ApiFixture.VERIFY + "/ext-authz";
  private static final String INVALID_TOKEN = "error=\"invalid_token\"";

  private final ApiFixture api = fixture();
  private final JsonObject made = api.create("deploy", "[\"catalog:read\",\"techdocs:read\"]");
  private final String raw = made.getString("rawToken");

  /** Returns the API under test. */
  ApiFixture fixture() {
    return new ApiFixture();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?scope=catalog:read",
        "?scope=catalog:read%20techdocs:read",
        "?scope=catalog:read+techdocs:read",
        "?scope=catalog:read&scope=techdocs:read&scope=catalog:read"
      })
  void tokenWithTheScopesPasses(String query) {
    ApiFixture.Answer answer = api.with(raw).get(ApiFixture.VERIFY + query).expect(204);
    assertEquals(
        "service-token:group:default/platform:deploy", answer.header("X-Access-Token-Subject"));
    assertEquals("catalog:read techdocs:read", answer.header("X-Access-Token-Scopes"));
    assertEquals(made.getJsonObject("token").getString("id"), answer.header("X-Access-Token-Id"));
    assertEquals("", answer.text());
  }

  @Test
  void tokenWithoutAScopeIsForbidden() {
    ApiFixture.Answer answer =
        api.with(raw)
            .get(ApiFixture.VERIFY + "?scope=catalog:read&scope=catalog:write")
            .expect(403);
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"insufficient_scope\","
            + " scope=\"catalog:read catalog:write\"",
        answer.header("WWW-Authenticate"));
  }

  @Test
  void challengesOfferOnlyTokens() {
    for (String path : List.of(ApiFixture.VERIFY, ApiFixture.VERIFY + "/", ENVOY + "?uri=/")) {
      assertEquals(
          "Bearer realm=\"access-tokens\"",
          api.anonymous().get(path).expect(401).header("WWW-Authenticate"),
          path);
      assertEquals(
          "Bearer realm=\"access-tokens\", error=\"invalid_token\"",
          api.with("bsat_x").get(path).expect(401).header("WWW-Authenticate"),
          path);
    }
  }

  @Test
  void missingOrInvalidTokenIsRejected() {
    api.anonymous().get(ApiFixture.VERIFY).expect(401);
    String unknown = ApiFixture.unknownToken();
    String path = ApiFixture.SERVICE + "/" + made.getJsonObject("token").getString("id");
    api.as("alice").delete(path, "{\"reason\":\"r\"}").expect(204);
    for (String bad : List.of("junk", "bsat_x", unknown, raw)) {
      ApiFixture.Answer answer =
          api.with(bad).get(ApiFixture.VERIFY + "?scope=nonsense").expect(401);
      String challenge = String.valueOf(answer.header("WWW-Authenticate"));
      assertTrue(challenge.contains(INVALID_TOKEN), challenge);
    }
    api.as("alice").get(ApiFixture.VERIFY).expect(403);
    // A token in the query is not accepted as a credential.
    api.anonymous().get(ApiFixture.VERIFY + "?access_token=" + raw).expect(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?scope=",
        "?scope",
        "?scope=%20",
        "?scope=a%20%20b",
        "?scope=a%20",
        "?scope=%22",
        "?scope=%5C",
        "?scope=a%0D%0AX:%20y",
        "?scope=%C3%A9",
        "?scope=%FF",
        "?scope=catalog:read%20bsat_xyz",
        "?scopes=catalog:read",
        "?scope=catalog:read&required=x",
        "?access_token=x"
      })
  void invalidQueriesAreRejected(String query) {
    api.with(raw).get(ApiFixture.VERIFY + query).expect(400);
  }

  @Test
  void tooManyScopesAreRejected() {
    String many =
        IntStream.range(0, 400).mapToObj(i -> "scope" + i).collect(Collectors.joining("+"));
    api.with(raw).get(ApiFixture.VERIFY + "?scope=" + many).expect(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void everyMethodIsHandledAlike(String method) {
    for (String path : List.of(ApiFixture.VERIFY, ENVOY)) {
      ApiFixture.Answer answer =
          api.with(raw)
              .header("Accept", "text/css")
              .header("Content-Type", "application/x-www-form-urlencoded")
              .send(method, path + "?scope=catalog:read", null);
      assertEquals(path.equals(ENVOY) ? 200 : 204, answer.status());
      assertNotNull(answer.header("X-Access-Token-Id"));
      assertEquals(401, api.anonymous().send(method, path, null).status());
      assertEquals(403, api.with(raw).send(method, path + "?scope=other", null).status());
    }
    assertEquals(405, api.with(raw).send("PROPFIND", ApiFixture.VERIFY, null).status());
  }

  @ParameterizedTest
  @CsvSource({
    "?scope=catalog:read&uri=/orders?scope=admin&x=%, 200",
    "?scope=catalog:read&uri=, 200",
    "?uri=/orders?scope=admin, 200",
    "?scope=admin&uri=/orders?scope=catalog:read, 403",
    "?scope=admin&uri=/orders&scope=catalog:read&uri=x, 403",
    "?scope=&uri=/orders, 400",
    "/orders, 404",
  })
  void pathAppendedByEnvoyIsIgnored(String query, int status) {
    assertEquals(status, api.with(raw).get(ENVOY + query.replace("%", "%25")).status());
  }

  @Test
  void headersAreAscii() {
    String body =
        ApiFixture.body("deploy", "[\"catalog:read\"]").replace("platform", ApiFixture.ODD_GROUP);
    JsonObject odd = api.as("alice").post(ApiFixture.SERVICE, body).expect(201).json();
    ApiFixture.Answer answer =
        api.with(odd.getString("rawToken")).get(ApiFixture.VERIFY).expect(204);
    assertEquals(
        "service-token:group:default/gr%C3%B6%C3%9Fe%25'<:deploy",
        answer.header("X-Access-Token-Subject"));
  }

  @Test
  void outageIs503() {
    api.store.failure = ListTokenStore.outage();
    ApiFixture.Answer answer = api.with(raw).get(ApiFixture.VERIFY).expect(503);
    assertEquals("1", answer.header("Retry-After"));
  }
}
