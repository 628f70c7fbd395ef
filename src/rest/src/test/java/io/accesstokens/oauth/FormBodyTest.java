package io.accesstokens.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which credentials of a client a filter finds in the body of a request. */
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
  void otherParametersAreIgnored() {
    byte[] body = ("token=t&" + "a".repeat(90_000)).getBytes(StandardCharsets.UTF_8);
    assertEquals(Optional.empty(), FormBody.peek(body).optional("token"));
  }
}
