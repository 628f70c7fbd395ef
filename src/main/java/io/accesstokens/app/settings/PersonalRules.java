package io.accesstokens.app.settings;

import io.accesstokens.signing.KeySeal;
import io.accesstokens.token.IssuePolicy;
import io.accesstokens.token.MintPolicy;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The same as {@link SettingsRules}, for the settings of personal tokens. */
final class PersonalRules {

  private static final String DEFAULT = "personal.defaultExpiryDays";
  private static final String KEY = "personal.encryptionKey";
  private static final Pattern AUDIENCE = Pattern.compile("[\\x21-\\x7E]{1,255}");

  private final Settings settings;
  private final Sources sources;

  PersonalRules(Settings settings, Sources sources) {
    this.settings = settings;
    this.sources = sources;
  }

  /** What encrypts signing keys at rest; null if not configured. */
  @Nullable KeySeal keySeal(SecretFiles secrets) {
    String text =
        secrets.secret(
            KEY,
            "key",
            settings.personal().encryptionKey(),
            settings.personal().encryptionKeyFile());
    if (text == null) {
      return null;
    }
    Optional<KeySeal> seal = KeySeal.parse(text);
    if (seal.isEmpty()) {
      sources.complain(
          settings.personal().encryptionKeyFile().isPresent() ? KEY + "File" : KEY,
          "must hold base64 of 32 random bytes, as openssl rand -base64 32 makes them");
    }
    return seal.orElse(null);
  }

  /** For whom short-lived tokens are, each once; empty: for this server. */
  List<String> audience() {
    List<String> given = settings.personal().audience().orElse(List.of());
    for (int i = 0; i < given.size(); i++) {
      if (!AUDIENCE.matcher(given.get(i)).matches()) {
        sources.complain(
            "personal.audience[" + i + ']', "must be 1 to 255 printable characters of ASCII");
      }
    }
    return given.stream().distinct().toList();
  }

  /**
   * @param service what service tokens may look like
   */
  MintPolicy mintPolicy(IssuePolicy service) {
    Settings.Personal personal = settings.personal();
    int max = personal.maxExpiryDays();
    int usual = personal.defaultExpiryDays();
    if (usual > max) {
      if (sources.isGiven(DEFAULT) && sources.isClean("personal.maxExpiryDays")) {
        sources.complain(
            DEFAULT,
            "must be at most " + max + ", the value of accessTokens.personal.maxExpiryDays");
      }
      usual = max;
    }
    return MintPolicy.of(service, max, usual, personal.maxLiveTokens());
  }
}
