package io.accesstokens.login;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names credentials in a cache without holding them: HMAC-SHA256 under a key that lives and dies
 * with this object.
 */
final class CredentialKeys {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec secret;

  /** The name of one credential. Comparing it is of no use to anybody without the secret. */
  static final class Key {
    private final byte[] mac;

    private Key(byte[] mac) {
      this.mac = mac;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(mac, key.mac);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(mac);
    }
  }

  CredentialKeys(SecureRandom random) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    this.secret = new SecretKeySpec(bytes, ALGORITHM);
  }

  /**
   * @param standing what the verdict depends on beside the credential: the stored hash and the ref
   */
  Key of(String username, PreparedPassword password, String standing) {
    Mac mac = mac();
    update(mac, StandardCharsets.UTF_8.encode(username));
    update(mac, StandardCharsets.UTF_8.encode(CharBuffer.wrap(password.characters())));
    update(mac, StandardCharsets.UTF_8.encode(standing));
    return new Key(mac.doFinal());
  }

  /**
   * The name of a person at an address.
   *
   * @param address empty if it is not known
   */
  Key ofPerson(String username, String address) {
    Mac mac = mac();
    update(mac, StandardCharsets.UTF_8.encode(username));
    update(mac, StandardCharsets.UTF_8.encode(address));
    return new Key(mac.doFinal());
  }

  /** The name of a password as it was typed. */
  Key ofTyped(char[] password) {
    Mac mac = mac();
    update(mac, StandardCharsets.UTF_8.encode(CharBuffer.wrap(password)));
    return new Key(mac.doFinal());
  }

  /** One of {@code 0..count-1}, always the same for the same name, not to be foreseen. */
  int choice(String username, int count) {
    Mac mac = mac();
    update(mac, StandardCharsets.UTF_8.encode("choice"));
    update(mac, StandardCharsets.UTF_8.encode(username));
    return Math.floorMod(ByteBuffer.wrap(mac.doFinal()).getLong(), count);
  }

  /** With its length before it, so that no two lists of parts look alike. */
  private static void update(Mac mac, ByteBuffer part) {
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.remaining()).flip());
    mac.update(part);
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot compute " + ALGORITHM, e);
    }
  }
}
