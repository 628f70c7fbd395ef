package io.accesstokens.login.password;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Creates cache keys for credentials, and for pairs of username and address. Does not store them. A
 * cache key is an HMAC-SHA256 with a random secret of this object.
 */
final class CredentialKeys {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec secret;

  /**
   * An HMAC object with the secret and without input. {@link #mac} returns copies of this object.
   */
  private final Mac empty;

  /** A cache key. Without the secret, the cache key does not reveal its input. */
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
    this.empty = newMac();
  }

  /**
   * Returns the cache key of a credential.
   *
   * @param accountState the account state: the stored hash and the user ref, as one text; empty for
   *     an unknown username
   */
  Key of(String username, PreparedPassword password, String accountState) {
    Mac mac = mac();
    update(mac, username);
    update(mac, password.characters());
    update(mac, accountState);
    return new Key(mac.doFinal());
  }

  /**
   * Returns the cache key of a pair of username and address.
   *
   * @param address the address or the network of the client; empty if unknown
   */
  Key ofPerson(String username, String address) {
    Mac mac = mac();
    update(mac, username);
    update(mac, address);
    return new Key(mac.doFinal());
  }

  /**
   * Returns a number from 0 to {@code count - 1}. The number is always the same for the same
   * username and count. A client without the secret cannot predict the number.
   */
  int choice(String username, int count) {
    Mac mac = mac();
    update(mac, "choice");
    update(mac, username);
    return Math.floorMod(ByteBuffer.wrap(mac.doFinal()).getLong(), count);
  }

  private static void update(Mac mac, String part) {
    update(mac, ByteBuffer.wrap(part.getBytes(StandardCharsets.UTF_8)));
  }

  private static void update(Mac mac, char[] secretPart) {
    ByteBuffer part = ByteBuffer.allocate(Character.BYTES * secretPart.length);
    part.asCharBuffer().put(secretPart);
    update(mac, part);
    Arrays.fill(part.array(), (byte) 0);
  }

  /**
   * Adds a part to the HMAC: first the length of the part, then the part. Therefore two different
   * lists of parts never give the same input.
   */
  private static void update(Mac mac, ByteBuffer part) {
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.remaining()).flip());
    mac.update(part);
  }

  /**
   * Returns a new HMAC, as a copy if possible. A copy needs less time than a search for the
   * algorithm.
   */
  private Mac mac() {
    try {
      return (Mac) empty.clone();
    } catch (CloneNotSupportedException e) {
      return newMac(); // some providers cannot copy, such as PKCS#11
    }
  }

  private Mac newMac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          ALGORITHM + " is not available, although every Java platform must provide it", e);
    }
  }
}
