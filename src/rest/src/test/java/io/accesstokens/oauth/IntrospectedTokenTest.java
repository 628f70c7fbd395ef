package io.accesstokens.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntrospectedTokenTest {

  @Test
  void jsonContainsAllMembers() {
    String odd = "\"quoted\" \\ / \b\f\n\r\t\u0001\u007f\u00e9\u2028\ud83d\ude00";
    IntrospectedToken token =
        new IntrospectedToken(
            true,
            odd,
            odd,
            odd,
            "Bearer",
            1L,
            2L,
            3L,
            odd,
            "https://a.example",
            "id",
            List.of("a", odd),
            odd,
            "2027-01-01T00:00:00.000Z",
            List.of("192.0.2.0/24"),
            5,
            true);
    JsonObject expected =
        Json.createObjectBuilder()
            .add("active", true)
            .add("scope", odd)
            .add("client_id", odd)
            .add("username", odd)
            .add("token_type", "Bearer")
            .add("exp", 1L)
            .add("iat", 2L)
            .add("nbf", 3L)
            .add("sub", odd)
            .add("iss", "https://a.example")
            .add("jti", "id")
            .add("aud", Json.createArrayBuilder(List.of("a", odd)))
            .add("parent_jti", odd)
            .add("expires_at", "2027-01-01T00:00:00.000Z")
            .add("allowed_addresses", Json.createArrayBuilder(List.of("192.0.2.0/24")))
            .add("requests_per_minute", 5)
            .add("previous_secret", true)
            .build();
    assertEquals(expected.toString(), new String(token.toJson(), StandardCharsets.UTF_8));
    assertEquals(
        "{\"active\":false}",
        new String(IntrospectedToken.INACTIVE.toJson(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "\"",
        "\\",
        "/",
        "\b",
        "\f",
        "\n",
        "\r",
        "\t",
        "\u0000",
        "\u001f",
        " ",
        "\u007f",
        "\u0080",
        "\u00e9",
        "\u2028",
        "\ud83d\ude00"
      })
  void textIsWrittenAsByAJsonLibrary(String text) {
    IntrospectedToken token =
        new IntrospectedToken(
            true, text, null, null, null, null, null, null, null, null, null, null, null, null,
            null, null, null);
    JsonObject expected = Json.createObjectBuilder().add("active", true).add("scope", text).build();
    assertEquals(expected.toString(), new String(token.toJson(), StandardCharsets.UTF_8));
  }
}
