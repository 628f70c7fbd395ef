package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.exchange.Audience;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates the settings of personal tokens, and derives values from these settings. */
final class PersonalRules {

  private static final String DEFAULT = "personal.defaultExpiryDays";
  private static final String KEY = "personal.encryptionKey";
  private static final String PREVIOUS_KEY = "personal.previousEncryptionKey";
  private static final String APPLICATIONS = "personal.applications";

  /**
   * Matches the display name of an application. Excludes control characters, invisible letters, and
   * characters that change the direction of text.
   */
  private static final Pattern NAME =
      Pattern.compile(
          "[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} &&[^\\u034F\\u115F\\u1160\\u2800\\u3164\\uFFA0]]{1,60}");

  private static final Pattern AUDIENCE = Pattern.compile("[\\x21-\\x7E]{1,255}");

  private final Settings settings;
  private final Sources sources;

  PersonalRules(Settings settings, Sources sources) {
    this.settings = settings;
    this.sources = sources;
  }

  /**
   * Returns the seal that encrypts the signing keys in the store; null if the encryption key is
   * absent or invalid.
   */
  @Nullable KeySeal keySeal() {
    Optional<KeySeal> seal = keySeal(KEY, settings.personal().encryptionKey());
    Optional<KeySeal> previous = keySeal(PREVIOUS_KEY, settings.personal().previousEncryptionKey());
    if (previous.isPresent() && !sources.isConfigured(sources.sourceOfSecret(KEY))) {
      sources.reportError(
          sources.sourceOfSecret(PREVIOUS_KEY), "needs " + Settings.PREFIX + '.' + KEY);
    }
    return seal.map(current -> previous.map(current::withPrevious).orElse(current)).orElse(null);
  }

  private Optional<KeySeal> keySeal(String key, Optional<Secret> configured) {
    Optional<KeySeal> seal = configured.flatMap(secret -> KeySeal.parse(secret.reveal()));
    if (configured.isPresent() && seal.isEmpty()) {
      sources.reportError(
          sources.sourceOfSecret(key),
          "must contain base64 of 32 random bytes, as openssl rand -base64 32 makes them");
    }
    return seal;
  }

  /**
   * Returns the audiences of short-lived tokens, without duplicates. The list is empty if the
   * tokens are only for this server.
   *
   * @param scopeCatalog the scopes that an audience can require
   */
  List<Audience> audiences(ScopeCatalog scopeCatalog) {
    Map<String, List<String>> required = requiredScopes(scopeCatalog);
    return audience().stream()
        .map(name -> new Audience(name, required.getOrDefault(name, List.of())))
        .toList();
  }

  private Map<String, List<String>> requiredScopes(ScopeCatalog scopeCatalog) {
    Map<String, List<String>> required = new HashMap<>();
    List<String> known = settings.personal().audience().orElse(List.of());
    List<PersonalTokenSettings.AudienceScopes> configured = settings.personal().audienceScopes();
    for (int i = 0; i < configured.size(); i++) {
      String key = "personal.audienceScopes[" + i + ']';
      String audience = configured.get(i).audience();
      List<String> scopes = configured.get(i).scopes().orElse(List.of());
      if (scopes.isEmpty()) {
        sources.reportError(key, "must have at least one scope in scopes");
      }
      if (!known.contains(audience)) {
        sources.reportError(
            key + ".audience", "must be one of " + Settings.PREFIX + ".personal.audience");
      } else if (required.putIfAbsent(audience, scopes) != null) {
        sources.reportError(key + ".audience", "must be unique in this list");
      }
      for (int j = 0; j < scopes.size(); j++) {
        if (!scopeCatalog.contains(scopes.get(j))
            && !ScopeCatalog.delegation().contains(scopes.get(j))) {
          sources.reportError(
              key + ".scopes[" + j + ']',
              "must be the id of a scope in the scope catalog, see "
                  + Settings.PREFIX
                  + ".service.scopes");
        }
      }
    }
    return required;
  }

  private List<String> audience() {
    List<String> configured = settings.personal().audience().orElse(List.of());
    for (int i = 0; i < configured.size(); i++) {
      if (!AUDIENCE.matcher(configured.get(i)).matches()) {
        sources.reportError(
            "personal.audience[" + i + ']', "must be 1 to 255 printable characters of ASCII");
      }
    }
    return configured.stream().distinct().toList();
  }

  /** Returns the display names of the applications that request personal tokens, by origin. */
  Map<WebOrigin, String> applications() {
    Map<WebOrigin, String> names = new HashMap<>();
    List<PersonalTokenSettings.Application> configured = settings.personal().applications();
    for (int i = 0; i < configured.size(); i++) {
      String key = APPLICATIONS + '[' + i + ']';
      if (!sources.isClean(key)) {
        continue; // Missing settings were reported before. Their values are placeholders.
      }
      String name = configured.get(i).name().strip();
      if (!NAME.matcher(name).matches()) {
        sources.reportError(
            key + ".name",
            "must be 1 to 60 letters, digits, marks, punctuation, symbols and spaces");
      }
      Optional<WebOrigin> origin =
          WebOrigin.parse(configured.get(i).origin().strip()).filter(WebOrigin::isHttp);
      if (origin.isEmpty()) {
        sources.reportError(
            key + ".origin",
            "must be the origin of pages, e.g. https://portal.example.com, in ASCII and without a"
                + " path");
      } else if (names.putIfAbsent(origin.get(), name) != null) {
        sources.reportError(key + ".origin", "must be unique in this list");
      }
    }
    return names;
  }

  /**
   * Returns the rules for new personal tokens.
   *
   * @param service the rules for new service tokens
   */
  PersonalCreationPolicy personalCreationPolicy(CreationPolicy service) {
    PersonalTokenSettings personal = settings.personal();
    int max = personal.maxExpiryDays();
    int defaultDays = personal.defaultExpiryDays();
    if (defaultDays > max) {
      if (sources.isConfigured(DEFAULT) && sources.isClean("personal.maxExpiryDays")) {
        sources.reportError(
            DEFAULT,
            "must be at most " + max + ", the value of accessTokens.personal.maxExpiryDays");
      }
      defaultDays = max;
    }
    return PersonalCreationPolicy.of(service, max, defaultDays, personal.maxLiveTokens());
  }
}
