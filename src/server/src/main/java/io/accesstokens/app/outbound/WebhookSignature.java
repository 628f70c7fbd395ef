package io.accesstokens.app.outbound;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs webhooks with HMAC-SHA256 (Standard Webhooks specification 1.0.0, "Signature scheme"). Two
 * secrets sign each webhook during the replacement of a secret.
 */
public final class WebhookSignature {

  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MIN_BYTES = 24;
  private static final int MAX_BYTES = 64;
  private static final int MAX_SECRETS = 2;
  private static final Pattern SPACES = Pattern.compile(" ++");

  private WebhookSignature() {}

  /**
   * Returns an error message if a text does not consist of one or two secrets, separated by spaces.
   * The message contains no part of the text. Otherwise returns empty.
   */
  public static Optional<String> errorMessage(String secrets) {
    return keys(secrets).isEmpty()
        ? Optional.of(
            "must be one or two secrets of the form whsec_ and 24 to 64 bytes in base64, separated"
                + " by a space")
        : Optional.empty();
  }

  /**
   * Returns the value of the header {@code webhook-signature}: one signature for each secret.
   *
   * @param secrets one or two secrets, separated by spaces
   * @param timestamp the time of the attempt, in seconds since 1970-01-01T00:00Z
   * @throws IllegalArgumentException if the secrets are invalid
   */
  public static String sign(String secrets, String id, long timestamp, byte[] body) {
    List<byte[]> keys = keys(secrets);
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("the secret of a webhook is invalid");
    }
    byte[] head = (id + '.' + timestamp + '.').getBytes(StandardCharsets.UTF_8);
    return keys.stream().map(key -> sign(key, head, body)).collect(Collectors.joining(" "));
  }

  private static String sign(byte[] key, byte[] head, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update(head);
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "HmacSHA256 is not available, although every Java platform must provide it", e);
    }
  }

  /** Returns the keys of all secrets; empty if one of them is invalid. */
  private static List<byte[]> keys(String secrets) {
    List<byte[]> keys = new ArrayList<>();
    for (String secret : SPACES.splitAsStream(secrets.strip()).toList()) {
      if (!secret.startsWith(PREFIX)) {
        return List.of();
      }
      try {
        byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
        if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
          return List.of();
        }
        keys.add(key);
      } catch (IllegalArgumentException e) {
        return List.of();
      }
    }
    return keys.size() > MAX_SECRETS ? List.of() : keys;
  }
}
