package io.accesstokens.app.settings;

import io.accesstokens.app.outbound.TargetUrl;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.jwt.TrustedIssuer;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.verify.IpAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Validates the settings of trusted external systems, and derives values from these settings. */
final class FederationRules {

  private static final String ORIGINS = "cors.allowedOrigins";

  private final Settings settings;
  private final Sources sources;
  private final SettingsRules rules;

  FederationRules(Settings settings, Sources sources, SettingsRules rules) {
    this.settings = settings;
    this.sources = sources;
    this.rules = rules;
  }

  Federation federation() {
    return new Federation(
        issuers(), new LdapRules(settings, sources, rules).ldap(), allowedOrigins());
  }

  private List<TrustedIssuer> issuers() {
    List<TrustedIssuer> issuers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<LoginSettings.JwtIssuer> configured = settings.login().jwt();
    for (int i = 0; i < configured.size(); i++) {
      String key = "login.jwt[" + i + ']';
      if (!sources.isClean(key)) {
        continue; // Missing settings were reported before. Their values are placeholders.
      }
      if (!names.add(configured.get(i).issuer())) {
        sources.reportError(key + ".issuer", "must be unique in this list");
      }
      issuer(key, configured.get(i)).ifPresent(issuers::add);
    }
    return issuers;
  }

  private Optional<TrustedIssuer> issuer(String key, LoginSettings.JwtIssuer configured) {
    Optional<URI> keys = keysUrl(key + ".jwksUrl", configured.jwksUrl());
    Optional<Set<String>> algorithms = TrustedIssuer.algorithms(configured.algorithms());
    if (algorithms.isEmpty()) {
      sources.reportError(
          key + ".algorithms",
          "must be one or more of " + String.join(", ", TrustedIssuer.ALGORITHMS));
    }
    Optional<EntityRefTemplate> user =
        template(
            key + ".userEntityRef",
            configured.userEntityRef(),
            EntityRefTemplate::ofUsers,
            "must be the ref of a user with a claim in its name, e.g. user:default/{email}, or a"
                + " claim alone, e.g. {sub}");
    Optional<EntityRefTemplate> groups =
        template(
            key + ".groupEntityRef",
            configured.groupEntityRef(),
            EntityRefTemplate::ofGroups,
            "must be the ref of a group with a claim in its name, e.g. group:default/{groups}, or a"
                + " claim alone, e.g. {ent}");
    if (keys.isEmpty() || algorithms.isEmpty() || user.isEmpty() || groups.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new TrustedIssuer(
            configured.issuer(),
            configured.audience(),
            algorithms.get(),
            keys.get(),
            user.get(),
            groups.get(),
            Duration.ofSeconds(configured.clockSkewSeconds()),
            Duration.ofMillis(configured.timeoutMillis())));
  }

  private Optional<EntityRefTemplate> template(
      String key,
      String text,
      Function<String, Optional<EntityRefTemplate>> reading,
      String errorMessage) {
    Optional<EntityRefTemplate> template = reading.apply(text);
    if (template.isEmpty()) {
      sources.reportError(key, errorMessage);
    }
    return template;
  }

  /**
   * Returns the URL of an issuer's keys; empty if the URL is invalid. The URL must be https, or
   * http on this machine. Otherwise an attacker could modify the keys in transit and sign in as any
   * user.
   */
  private Optional<URI> keysUrl(String key, String text) {
    Optional<URI> url = TargetUrl.parse(text);
    if (url.isEmpty()) {
      sources.reportError(key, "must be an https URL with a host, without user or fragment");
      return url;
    }
    if (url.get().getScheme().equalsIgnoreCase("http")
        && !IpAddress.isLoopbackHost(url.get().getHost())) {
      sources.reportError(key, "must be an https URL; with http, only of this machine (127.0.0.1)");
      return Optional.empty();
    }
    return url;
  }

  private Set<String> allowedOrigins() {
    Set<String> origins = new LinkedHashSet<>();
    List<String> configured = settings.cors().allowedOrigins().orElse(List.of());
    for (int i = 0; i < configured.size(); i++) {
      Optional<WebOrigin> origin =
          WebOrigin.parse(configured.get(i).strip()).filter(WebOrigin::isHttp);
      if (origin.isPresent()) {
        origins.add(origin.get().toString());
      } else {
        sources.reportError(
            ORIGINS + '[' + i + ']',
            "must be one origin without a path or a wildcard, e.g. https://backstage.example.com");
      }
    }
    return origins;
  }
}
