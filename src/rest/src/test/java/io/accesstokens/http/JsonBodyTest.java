package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JsonBodyTest {

  private static final String SCOPES = "[\"catalog:read\"]";

  private final ApiFixture api = new ApiFixture();
  private int names;

  private String newName() {
    return "n" + ++names;
  }

  private String with(String member) {
    String body = ApiFixture.body(newName(), SCOPES);
    return body.substring(0, body.length() - 1) + "," + member + "}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"x\"",
        "{",
        "}",
        "nul",
        "nonsense",
        "<a/>",
        "name=a",
        "{\"name\"",
        "{\"name\":\"a\"",
        "[1,",
        "{}{}",
        "{} x",
        "{\"name\":}",
        "{name:1}",
        "{'name':1}",
        "{\"name\":\"a\",}",
        "{\"name\":\"a\" \"b\":1}",
        "{\"a\":1,,\"b\":2}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{\"a\":undefined}",
        "{\"a\":+1}",
        "{\"a\":1.}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\u0001\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":tru}",
        "{\"a\":[1}",
        "{\"a\":1]",
        "{\"name\":\"a\",\"name\":\"b\"}",
        "{\"x\":{\"a\":1,\"a\":2}}",
        "{\"name\":\"a\",\"n\\u0061me\":\"b\"}",
        "\uFEFF{}",
        "// c\n{}",
        "/* c */{}"
      })
  void bodyMustBeOneJsonObject(String body) {
    api.as("alice").post(ApiFixture.SERVICE, body).expect(400);
  }

  @Test
  void deepNestingIsRejected() {
    for (String open : List.of("[", "{\"a\":")) {
      api.as("alice").post(ApiFixture.SERVICE, "{\"x\":" + open.repeat(20_000)).expect(400);
    }
    String deep = "[".repeat(50) + "]".repeat(50);
    api.as("alice").post(ApiFixture.SERVICE, with("\"x\":" + deep)).expect(201);
    api.as("alice")
        .post(ApiFixture.SERVICE, with("\"x\":" + "[".repeat(90) + "]".repeat(90)))
        .expect(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "30.5",
        "\"30\"",
        "true",
        "[]",
        "{}",
        "1e999999999",
        "1e99999999999999",
        "1e-999999999",
        "-1e999999999",
        "9223372036854775808",
        "0",
        "-0",
        "-1",
        "366",
        "0.9999999999"
      })
  void aLifetimeIsAWholeNumberWithinBounds(String number) {
    ApiFixture.Answer answer =
        api.as("alice").post(ApiFixture.SERVICE, with("\"expiresInDays\":" + number)).expect(422);
    assertEquals(List.of("expiresInDays"), answer.fields());
  }

  @Test
  void aHundredThousandDigitsAreRefusedAtOnce() {
    String body = with("\"expiresInDays\":" + "9".repeat(100_000));
    TimeLimits.within(
        Duration.ofSeconds(5), () -> api.as("alice").post(ApiFixture.SERVICE, body).expect(422));
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "30.0", "3e1", "3.0E+1", "300e-1", "1", "365"})
  void equivalentFormsOfAnIntegerAreAccepted(String number) {
    api.as("alice").post(ApiFixture.SERVICE, with("\"expiresInDays\":" + number)).expect(201);
  }

  @Test
  void nullMeansAbsentAndUnknownMembersAreIgnored() {
    api.as("alice")
        .post(
            ApiFixture.SERVICE,
            with("\"expiresInDays\":null,\"expiresAt\":null,\"more\":{\"a\":[1]}"))
        .expect(201);
    assertEquals(
        List.of("name", "description", "groupEntityRef", "scopes"),
        api.as("alice").post(ApiFixture.SERVICE, "{\"name\":null}").expect(422).fields());
  }

  @Test
  void allErrorsAreReportedAtOnce() {
    String body =
        "{\"name\":1,\"description\":true,\"groupEntityRef\":[],\"scopes\":[\"catalog:read\",2,null,"
            + "\"nope\"],\"expiresInDays\":\"1\"}";
    ApiFixture.Answer answer = api.as("alice").post(ApiFixture.SERVICE, body).expect(422);
    assertEquals(
        List.of(
            "name",
            "description",
            "groupEntityRef",
            "expiresInDays",
            "scopes[1]",
            "scopes[2]",
            "scopes[3]"),
        answer.fields());
    assertFalse(answer.text().contains("nope"), answer::text);
  }

  @Test
  void thousandsOfViolationsAreTruncated() {
    String scopes = "[" + "1,".repeat(40_000) + "1]";
    ApiFixture.Answer answer =
        api.as("alice").post(ApiFixture.SERVICE, ApiFixture.body(newName(), scopes)).expect(422);
    assertTrue(answer.fields().size() > 5, answer::text);
    assertEquals("40001 fields are wrong, see violations", answer.json().getString("error"));
  }

  @Test
  void bodyIsLimitedTo100Kilobytes() {
    String body = with("\"x\":\"\"");
    String longest =
        body.replace("\"x\":\"\"", "\"x\":\"" + "y".repeat(102_400 - body.length()) + "\"");
    assertEquals(102_400, longest.length());
    api.as("alice").post(ApiFixture.SERVICE, longest + " ").expect(413);
    api.as("alice").post(ApiFixture.SERVICE, longest).expect(201);
    api.as("alice").header("Content-Length", "102401").post(ApiFixture.SERVICE, "{}").expect(413);
  }

  @Test
  void malformedUtf8IsRefused() {
    byte[] body = with("\"x\":\"?\"").getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < body.length; i++) {
      if (body[i] == '?') {
        body[i] = (byte) 0xE9;
      }
    }
    api.as("alice")
        .header("Content-Type", "application/json")
        .send("POST", ApiFixture.SERVICE, body)
        .expect(400);
  }

  @Test
  void theTypeMustBeJsonInUtf8() {
    for (String type :
        List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json;charset=iso-8859-1",
            "application/merge-patch+json",
            "application/*",
            "*/*")) {
      api.as("alice").header("Content-Type", type).post(ApiFixture.SERVICE, "{}").expect(415);
    }
    for (String type : List.of("json", "/", "", "application/json/x", "application/json;=;")) {
      int status =
          api.as("alice").header("Content-Type", type).post(ApiFixture.SERVICE, "{}").status();
      assertTrue(status == 415 || status == 400, type + " " + status);
    }
    api.as("alice")
        .send("POST", ApiFixture.SERVICE, "{}".getBytes(StandardCharsets.UTF_8))
        .expect(415);
    String unknown = ApiFixture.SERVICE + "/00000000-0000-4000-8000-000000000000";
    api.as("alice").send("DELETE", unknown, null).expect(422);
    api.as("alice").header("Content-Encoding", "gzip").post(ApiFixture.SERVICE, "{}").expect(415);
    api.as("alice")
        .header("Content-Type", "Application/JSON; Charset=\"UTF-8\"")
        .post(ApiFixture.SERVICE, ApiFixture.body(newName(), SCOPES))
        .expect(201);
    api.as("alice")
        .header("Content-Encoding", "identity")
        .post(ApiFixture.SERVICE, ApiFixture.body(newName(), SCOPES))
        .expect(201);
  }

  @Test
  void revocationReasonIsValidatedAlike() {
    String id = api.create(newName(), SCOPES).getJsonObject("token").getString("id");
    String path = ApiFixture.SERVICE + "/" + id;
    assertEquals(List.of("reason"), api.as("alice").delete(path, "").expect(422).fields());
    api.as("alice").delete(path, "[]").expect(400);
    for (String body : List.of("{}", "{\"reason\":null}", "{\"reason\":\" \"}", "{\"reason\":5}")) {
      assertEquals(List.of("reason"), api.as("alice").delete(path, body).expect(422).fields());
    }
    api.as("alice").delete(path, "{\"reason\":\"" + "x".repeat(501) + "\"}").expect(422);
    api.as("alice")
        .delete(path, "{\"reason\":\" " + "\uD83D\uDE00".repeat(500) + " \"}")
        .expect(204);
  }
}
