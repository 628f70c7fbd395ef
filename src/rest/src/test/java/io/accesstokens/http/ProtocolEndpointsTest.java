package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Tests which requests the {@link io.accesstokens.http.protocol.ProtocolEndpoints} answer. */
class ProtocolEndpointsTest {

  private static final String VERIFY = ApiFixture.VERIFY;
  private static final String WHOAMI = ApiFixture.WHOAMI;
  private static final String CHANGES = "access-tokens/changes?nonce=0123456789abcdef";

  private final ApiFixture api = ApiFixture.direct();
  private final String token = api.create("deploy", "[\"catalog:read\"]").getString("rawToken");
  private final String personal = api.mint("dave", "[\"catalog:read\"]").getString("rawToken");
  private final String gateway =
      api.create("gateway", "[\"access-tokens:introspect\"]").getString("rawToken");

  @Test
  void usualRequestsAreAnsweredDirectly() {
    assertAnsweredDirectly(204, api.with(token), VERIFY + "?scope=catalog:read");
    assertAnsweredDirectly(200, api.with(token), VERIFY + "/ext-authz?uri=/a?b=c");
    assertIntrospected(200, api.with(gateway), "token=" + token);
    assertIntrospected(200, api.anonymous(), "client_secret=" + gateway + "&token=" + token);
    assertIntrospected(200, api.as("gateway"), "token=" + token);
    assertAnsweredDirectly(200, api.with(token), WHOAMI);
    assertAnsweredDirectly(200, api.with(personal), WHOAMI);
    assertAnsweredDirectly(200, api.as("alice"), WHOAMI);
    api.with(gateway).get(CHANGES).expect(200);
    assertEquals(9, api.answeredDirectly);
  }

  @Test
  void refusalsAreAnsweredDirectly() {
    String unknown = ApiFixture.unknownToken();
    assertAnsweredDirectly(401, api.with(unknown), VERIFY);
    assertAnsweredDirectly(401, api.with(unknown + "x"), VERIFY);
    assertAnsweredDirectly(403, api.with(token), VERIFY + "?scope=other:read");
    assertAnsweredDirectly(400, api.with(token), VERIFY + "?other=1");
    assertAnsweredDirectly(403, api.as("alice"), VERIFY);
    assertAnsweredDirectly(403, api.with(token), CHANGES);
    assertAnsweredDirectly(403, api.with(personal), CHANGES);
    assertAnsweredDirectly(400, api.with(gateway), "access-tokens/changes");
    assertAnsweredDirectly(401, api.with(unknown), WHOAMI);
    assertIntrospected(401, api.with(unknown), "token=" + token);
    assertIntrospected(403, api.with(token), "token=" + token);
    assertIntrospected(403, api.with(personal), "token=" + token);
    assertIntrospected(403, api.as("dave"), "token=" + token);
    assertIntrospected(400, api.with(gateway), "tokens=" + token);
    assertIntrospected(400, api.with(gateway), "client_secret=x&token=" + token);
    for (String secret : List.of(token, personal, unknown)) {
      assertIntrospected(401, api.anonymous(), "client_secret=" + secret + "&token=" + token);
    }
    assertEquals(18, api.answeredDirectly);
  }

  /** Asserts that a response has the status, and is the same as that of the resource. */
  private void assertAnsweredDirectly(int status, ApiFixture.Call call, String path) {
    assertSame(status, () -> call.get(path));
  }

  private void assertIntrospected(int status, ApiFixture.Call call, String form) {
    assertSame(status, () -> call.form(ApiFixture.INTROSPECT, form));
  }

  private void assertSame(int status, Supplier<ApiFixture.Answer> request) {
    String direct = describe(request.get());
    api.direct = false;
    String resource = describe(request.get());
    api.direct = true;
    assertEquals(resource, direct);
    assertTrue(direct.startsWith(status + " "), direct);
  }

  /** Describes a response, without the length of the body, which the servlet filter sets. */
  private static String describe(ApiFixture.Answer answer) {
    Map<String, List<String>> headers = new TreeMap<>(answer.response().getStringHeaders());
    headers.remove("Content-Length");
    return answer.status() + " " + headers + " " + answer.text();
  }

  @Test
  void otherRequestsArePassedOn() {
    api.anonymous().get(VERIFY).expect(401);
    api.with(token).send("HEAD", VERIFY, null).expect(204);
    api.with(token).get("access-tokens/verify/").expect(204);
    api.with(token).get("access-tokens/verify;x=1").expect(204);
    api.with(token).get("access-tokens/%76erify").expect(404);
    api.with(token).send("HEAD", WHOAMI, null).expect(200);
    api.with("eyJ.eyJ.c2ln").get(WHOAMI).expect(401);
    assertEquals(0, api.answeredDirectly);
  }
}
