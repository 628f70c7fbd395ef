package io.accesstokens.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.ws.rs.WebApplicationException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the limits of a form, and which client credentials a filter finds in a body. */
class FormBodyTest {

  private static Optional<String> secretIn(String body) {
    return FormBody.peek(body.getBytes(StandardCharsets.UTF_8)).optional("client_secret");
  }

  @ParameterizedTest
  @CsvSource({
    "client_secret=s",
    "token=t&client_secret=s",
    "client_secret=s&client_secret=t",
    "client_secret=%&client_secret=s",
    "%63lient_secret=%73",
    "%63%6C%69%65%6E%74%5F%73%65%63%72%65%74=s",
    "token=%&client_secret=s"
  })
  void secretIsFound(String body) {
    assertEquals(Optional.of("s"), secretIn(body));
  }

  @ParameterizedTest
  @CsvSource({
    "token=client_secret",
    "client_secret",
    "client_secret=",
    "client_secret&client_secret=s",
    "client_secret=&client_secret=s",
    "Client_Secret=s",
    "client_secret=\u00e9",
    "client_secret%=s"
  })
  void noSecretIsFound(String body) {
    assertEquals(Optional.empty(), secretIn(body));
  }

  @Test
  void secretIsFoundAmongTheFirstHundredParameters() {
    assertEquals(Optional.of("s"), secretIn("a=b&".repeat(99) + "client_secret=s"));
    assertEquals(
        Optional.of("s"), secretIn("a=b&".repeat(99) + "client_secret=s&" + "a=b&".repeat(20_000)));
    assertEquals(Optional.empty(), secretIn("a=b&".repeat(100) + "client_secret=s"));
  }

  @Test
  void formOfMoreThanAHundredParametersIsRejected() {
    assertEquals(Optional.of("v"), read("p0", parameters(100)).optional("p99"));
    for (String body : List.of(parameters(101), "&" + parameters(100))) {
      WebApplicationException rejected =
          assertThrows(WebApplicationException.class, () -> read("p0", body));
      assertEquals(400, rejected.getResponse().getStatus());
    }
  }

  @Test
  void queryOfMoreThanAHundredParametersIsRejected() {
    assertEquals(Optional.of("v"), read(parameters(100), "p=v").optional("p"));
    WebApplicationException rejected =
        assertThrows(WebApplicationException.class, () -> read(parameters(101), "p=v"));
    assertEquals(400, rejected.getResponse().getStatus());
  }

  @Test
  void onlyPrintableAsciiIsAccepted() {
    assertEquals(Optional.of("!~"), read("", "p=!~").optional("p"));
    for (String value : List.of("a b", "\u007f", "\u00e9")) {
      WebApplicationException rejected =
          assertThrows(WebApplicationException.class, () -> read("", "p=" + value));
      assertEquals(400, rejected.getResponse().getStatus());
    }
  }

  private static String parameters(int count) {
    return IntStream.range(0, count)
        .mapToObj(index -> "p" + index + "=v")
        .collect(Collectors.joining("&"));
  }

  private static FormBody read(String query, String body) {
    return FormBody.read(
        List.of("application/x-www-form-urlencoded"),
        List.of(),
        query,
        body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void otherParametersAreIgnored() {
    byte[] body = ("token=t&" + "a".repeat(90_000)).getBytes(StandardCharsets.UTF_8);
    assertEquals(Optional.empty(), FormBody.peek(body).optional("token"));
  }
}
