package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.verify.ChangeFeed;
import jakarta.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the change feed that remote verifiers read, and the response of a service without a change
 * feed.
 */
class ChangesResourceTest {

  private static final String CHANGES = "access-tokens/changes";
  private static final String NONCE = "0123456789abcdef";
  private static final String POSITION =
      new ChangeFeed.Position(0, Optional.empty(), "db:3306:1").text();

  private final ApiFixture api = fixture();

  /** Returns the API under test. */
  ApiFixture fixture() {
    return new ApiFixture();
  }

  @Test
  void withoutAFeedNoLeaseIsGranted() {
    ApiFixture.Answer answer =
        api.as("alice").get(CHANGES + "?nonce=" + NONCE + "&after=" + POSITION).expect(200);
    JsonObject page = answer.json();
    assertEquals(NONCE, page.getString("nonce"));
    assertEquals(0, page.getInt("leaseMillis"));
    assertEquals("[]", page.getJsonArray("entries").toString());
    assertTrue(page.containsKey("withheld"), page::toString);
    assertEquals("no-store", answer.response().getHeaderString("Cache-Control"));
  }

  @Test
  void feedRequiresTheIntrospectPermission() {
    api.anonymous().get(CHANGES).expect(401);
    api.as("bob").get(CHANGES).expect(403);
    api.as("alice").get(CHANGES).expect(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonce=",
        "nonce=short",
        "nonce=0123456789abcde%0A",
        "nonce=0123456789abcde%22",
        "nonce=0123456789abcdef&nonce=0123456789abcdef",
      })
  void nonceIsRequiredOnce(String query) {
    String text = api.as("alice").get(CHANGES + "?" + query).expect(400).text();
    assertEquals(2, text.split("\"nonce\"", -1).length, () -> "one violation expected: " + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "x+y", "MSAwICA", "%00", "AAAA"})
  void invalidPositionIsRejected(String after) {
    String text =
        api.as("alice").get(CHANGES + "?nonce=" + NONCE + "&after=" + after).expect(400).text();
    assertTrue(text.contains("\"after\""), text);
    assertFalse(text.contains("\"nonce\""), text);
  }

  @Test
  void introspectionAcceptsAPosition() {
    String raw = api.create("deploy", "[\"catalog:read\"]").getString("rawToken");
    JsonObject introspected =
        api.as("alice")
            .form(ApiFixture.INTROSPECT, "token=" + raw + "&position=" + POSITION)
            .expect(200)
            .json();
    assertTrue(introspected.getBoolean("active"), introspected::toString);
    ApiFixture.Answer wrong =
        api.as("alice").form(ApiFixture.INTROSPECT, "token=" + raw + "&position=1");
    wrong.expectOAuth(400, "invalid_request");
    assertTrue(wrong.text().contains("position"), wrong.text());
  }
}
