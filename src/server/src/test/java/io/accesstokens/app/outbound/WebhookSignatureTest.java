package io.accesstokens.app.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignatureTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  /** The example is a test vector of the libraries of the Standard Webhooks specification. */
  @Test
  void signatureIsThatOfThePublishedExample() {
    assertEquals(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.sign(
            SECRET,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void twoSecretsSignDuringAReplacement() {
    byte[] body = {1, 2, 3};
    assertEquals(
        WebhookSignature.sign(OTHER, "id", 7, body)
            + ' '
            + WebhookSignature.sign(SECRET, "id", 7, body),
        WebhookSignature.sign(OTHER + ' ' + SECRET, "id", 7, body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", // 23 bytes
        "whsec_%%%%",
        SECRET + ",whsec_x",
        SECRET + ' ' + SECRET + ' ' + SECRET
      })
  void invalidSecretIsRejectedWithoutItsText(String secret) {
    String error = WebhookSignature.errorMessage(secret).orElse("none");
    assertTrue(error.startsWith("must be one or two secrets"), error);
    assertFalse(error.contains("MfKQ"), error);
  }

  @Test
  void secretHas24To64Bytes() {
    assertNotEquals(Optional.empty(), WebhookSignature.errorMessage(secret(23)));
    assertEquals(Optional.empty(), WebhookSignature.errorMessage(secret(24)));
    assertEquals(Optional.empty(), WebhookSignature.errorMessage(secret(64)));
    assertNotEquals(Optional.empty(), WebhookSignature.errorMessage(secret(65)));
  }

  private static String secret(int bytes) {
    return "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
  }

  @Test
  void nothingIsSignedWithAnInvalidSecret() {
    assertThrows(
        IllegalArgumentException.class,
        () -> WebhookSignature.sign(secret(23), "id", 7, new byte[0]));
  }
}
