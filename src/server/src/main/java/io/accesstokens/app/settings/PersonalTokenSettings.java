package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import java.util.List;
import java.util.Optional;

/** Settings of personal tokens. */
public interface PersonalTokenSettings {

  /** Returns true if users can have personal tokens. */
  @Setting(byDefault = "true")
  boolean enabled();

  /**
   * Returns the lifetime of a personal token that is created without an expiry, in days. The value
   * is at most {@link #maxExpiryDays()}.
   */
  @Setting(byDefault = "30", min = 1, max = 36_500)
  int defaultExpiryDays();

  /** Returns the maximum lifetime of a personal token in days, inclusive. */
  @Setting(byDefault = "365", min = 1, max = 36_500)
  int maxExpiryDays();

  /** Returns the maximum number of unrevoked, unexpired personal tokens of a user. */
  @Setting(byDefault = "200", min = 1, max = 10_000)
  int maxLiveTokens();

  /**
   * Returns the key that encrypts the signing keys in the store. The key is 32 bytes, encoded in
   * base64.
   */
  Optional<Secret> encryptionKey();

  /**
   * Returns the earlier encryption key, while an operator replaces {@link #encryptionKey()}. The
   * earlier key only decrypts signing keys that are already in the store. New signing keys are
   * encrypted only with {@link #encryptionKey()}.
   */
  Optional<Secret> previousEncryptionKey();

  /** Returns the number of days for which one signing key signs short-lived tokens. */
  @Setting(byDefault = "90", min = 1, max = 3_650)
  int signingKeyDays();

  /**
   * Returns the values of the claim {@code aud} in short-lived tokens. If absent, the tokens are
   * only for this server.
   */
  Optional<List<String>> audience();

  /**
   * Returns the scopes that audiences of short-lived tokens require. An audience that is not in
   * this list requires no scopes.
   */
  List<AudienceScopes> audienceScopes();

  /** Returns the applications that the consent page names. */
  List<Application> applications();

  /** The name of an application that requests personal tokens. Both settings are required. */
  interface Application {

    /**
     * Returns the origin of the pages of the application, for example {@code
     * https://portal.example.com}.
     */
    String origin();

    /** Returns the display name of the application. */
    String name();
  }

  /** The scopes that one audience of short-lived tokens requires. */
  interface AudienceScopes {

    /**
     * Returns the audience that requires the scopes. This audience must be an element of {@link
     * PersonalTokenSettings#audience()}.
     */
    String audience();

    /**
     * Returns the scopes that the audience requires; at least one. Every scope must be in the scope
     * catalog.
     */
    Optional<List<String>> scopes();
  }
}
