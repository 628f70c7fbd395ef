package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.login.openid.OpenIdRegistration;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.IpAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates the settings of the OpenID provider, and derives values from these settings. */
final class OidcRules {

  private static final String SECTION = "login.oidc.";
  private static final String ISSUER = SECTION + "issuer";

  private static final Pattern SEPARATORS = Pattern.compile("[\\s,]+");
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+");

  private static final String USUAL_USER = "user:default/{preferred_username}";

  private final OidcSettings settings;
  private final Sources sources;

  OidcRules(OidcSettings settings, Sources sources) {
    this.settings = settings;
    this.sources = sources;
  }

  /**
   * Returns the OpenID provider; null if none is configured or if its settings are incomplete.
   *
   * @param publicUrl the public URL of this application; null if it is absent or invalid
   */
  @Nullable OpenIdRegistration registration(@Nullable URI publicUrl) {
    OpenIdRegistration.Groups groups = groups();
    EntityRefTemplate user = user();
    if (settings.issuer().isEmpty()) {
      for (String name : List.of("clientId", "clientSecret", "clientSecretFile", "groupsClaim")) {
        if (sources.isConfigured(SECTION + name)) {
          sources.reportError(SECTION + name, "needs " + Settings.PREFIX + '.' + ISSUER);
        }
      }
      return null;
    }
    URI issuer = settings.issuer().get();
    checkIssuer(issuer);
    if (publicUrl == null && !sources.isConfigured("publicUrl")) {
      sources.reportError(
          ISSUER,
          "needs " + Settings.PREFIX + ".publicUrl, to which the provider redirects browsers");
    }
    if (settings.clientId().isEmpty()) {
      sources.reportError(ISSUER, "needs " + Settings.PREFIX + '.' + SECTION + "clientId");
    }
    return publicUrl == null || settings.clientId().isEmpty()
        ? null
        : new OpenIdRegistration(
            issuer,
            publicUrl,
            settings.clientId().get(),
            settings.clientSecret().<Supplier<String>>map(secret -> secret::reveal).orElse(null),
            scopes(),
            settings.title(),
            user,
            groups);
  }

  private void checkIssuer(URI issuer) {
    if (!SettingsRules.isWebUrl(issuer)) {
      sources.reportError(
          ISSUER, "must be an https URL with a host, without user, query or fragment");
    } else if (issuer.getScheme().equalsIgnoreCase("http")
        && !IpAddress.isLoopbackHost(issuer.getHost())) {
      sources.warn(
          ISSUER,
          "is used without TLS, so an attacker on the network path can sign in as any"
              + " user: use https");
    }
  }

  private List<String> scopes() {
    List<String> scopes =
        SEPARATORS.splitAsStream(settings.scopes()).filter(scope -> !scope.isEmpty()).toList();
    if (!scopes.stream().allMatch(scope -> SCOPE.matcher(scope).matches())) {
      sources.reportError(SECTION + "scopes", "must be scopes, separated by commas or spaces");
    }
    return scopes;
  }

  private EntityRefTemplate user() {
    Optional<EntityRefTemplate> user = EntityRefTemplate.ofUsers(settings.userEntityRef());
    if (user.isEmpty()) {
      sources.reportError(
          SECTION + "userEntityRef",
          "must be the ref of a user with a claim in its name, e.g. " + USUAL_USER);
    }
    return user.or(() -> EntityRefTemplate.ofUsers(USUAL_USER)).orElseThrow();
  }

  private OpenIdRegistration.Groups groups() {
    String claim = settings.groupsClaim().orElse(null);
    Map<String, EntityRef> named = new HashMap<>();
    List<OidcSettings.Group> configured =
        sources.isClean(SECTION + "groups") ? settings.groups() : List.of();
    for (int i = 0; i < configured.size(); i++) {
      String key = SECTION + "groups[" + i + ']';
      Optional<EntityRef> group = EntityRef.parseGroup(configured.get(i).groupEntityRef());
      if (group.isEmpty()) {
        sources.reportError(
            key + ".groupEntityRef", "must name a group, e.g. group:default/platform");
      } else if (named.putIfAbsent(configured.get(i).value(), group.get()) != null) {
        sources.reportError(key + ".value", "must be unique in this list");
      }
    }
    EntityRefTemplate template = null;
    if (settings.groupEntityRef().isPresent()) {
      template = EntityRefTemplate.ofGroups(settings.groupEntityRef().get()).orElse(null);
      if (template == null) {
        sources.reportError(
            SECTION + "groupEntityRef",
            "must be the ref of a group with a placeholder in its name, e.g."
                + " group:default/{group}");
      }
    }
    boolean wanted = !configured.isEmpty() || settings.groupEntityRef().isPresent();
    if (claim == null && wanted) {
      String key = configured.isEmpty() ? "groupEntityRef" : "groups[0].value";
      sources.reportError(
          SECTION + key, "needs " + Settings.PREFIX + '.' + SECTION + "groupsClaim");
    }
    return new OpenIdRegistration.Groups(claim, named, template);
  }
}
