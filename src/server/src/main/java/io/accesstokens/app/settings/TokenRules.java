package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.SignInAge;
import io.accesstokens.token.rotation.RotationPolicy;
import io.accesstokens.token.rotation.SelfRotation;
import io.accesstokens.verify.RawTokenFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Validates the settings of tokens and scopes, and derives values from these settings. */
final class TokenRules {

  private static final String SCOPES = "service.scopes";
  private static final String DEFAULT_GRACE = "service.rotation.defaultGraceSeconds";
  private static final String MAX_GRACE = "service.rotation.maxGraceSeconds";
  private static final String SELF_ROTATION = "service.rotation.self";
  private static final String REALM_NAME = "{name}";
  private static final String USUAL_REALM_REF = "user:default/" + REALM_NAME;

  private final Settings settings;
  private final Sources sources;

  TokenRules(Settings settings, Sources sources) {
    this.settings = settings;
    this.sources = sources;
  }

  RawTokenFormat rawTokenFormat() {
    Settings.RawTokens configured = settings.rawToken();
    boolean service = checkPrefix("rawToken.servicePrefix", configured.servicePrefix());
    boolean personal = checkPrefix("rawToken.personalPrefix", configured.personalPrefix());
    if (!service || !personal) {
      return RawTokenFormat.DEFAULT;
    }
    if (configured.servicePrefix().equals(configured.personalPrefix())) {
      boolean personalGiven = sources.isConfigured("rawToken.personalPrefix");
      sources.reportError(
          personalGiven ? "rawToken.personalPrefix" : "rawToken.servicePrefix",
          "must not be the same as "
              + Settings.PREFIX
              + (personalGiven ? ".rawToken.servicePrefix" : ".rawToken.personalPrefix"));
      return RawTokenFormat.DEFAULT;
    }
    return new RawTokenFormat(
        configured.servicePrefix(),
        configured.personalPrefix(),
        configured.acceptWithoutChecksum());
  }

  private boolean checkPrefix(String key, String prefix) {
    try {
      // This call checks one prefix. The other prefix is an arbitrary valid prefix.
      var unused = new RawTokenFormat(prefix, prefix.equals("a_") ? "b_" : "a_", false);
      return true;
    } catch (IllegalArgumentException e) {
      sources.reportError(
          key, "must be a lower-case letter, up to six letters or digits, and an underscore");
      return false;
    }
  }

  ScopeCatalog scopeCatalog() {
    ScopeCatalog scopeCatalog = ScopeCatalog.defaults();
    if (sources.isClean(SCOPES)) {
      scopeCatalog = scopeCatalog.and(ScopeCatalog.of(configuredScopes(scopeCatalog)));
    }
    ServiceTokenSettings service = settings.service();
    if (service.allowTokenManagement()) {
      scopeCatalog = scopeCatalog.and(ScopeCatalog.tokenManagement());
    }
    if (service.allowTokenManagement() || service.allowIntrospection()) {
      scopeCatalog = scopeCatalog.and(ScopeCatalog.introspection());
    }
    if (settings.metrics().allowScope()) {
      scopeCatalog = scopeCatalog.and(ScopeCatalog.metrics());
    }
    return settings.auditLog().allowScope() ? scopeCatalog.and(ScopeCatalog.log()) : scopeCatalog;
  }

  private List<ScopeCatalog.Definition> configuredScopes(ScopeCatalog builtIn) {
    List<ScopeCatalog.Definition> configured = new ArrayList<>();
    Map<String, String> owners = new HashMap<>();
    builtIn.scopes().forEach(scope -> owners.put(scope.id(), "a built-in scope"));
    List<ServiceTokenSettings.Scope> scopes = settings.service().scopes();
    for (int i = 0; i < scopes.size(); i++) {
      String key = SCOPES + '[' + i + ']';
      ScopeCatalog.Definition scope = scope(key, scopes.get(i));
      if (scope != null) {
        String owner = owners.putIfAbsent(scope.id(), Settings.PREFIX + '.' + key);
        if (owner == null) {
          configured.add(scope);
        } else {
          sources.reportError(key + ".id", "must not repeat " + scope.id() + " of " + owner);
        }
      }
    }
    return configured;
  }

  private ScopeCatalog.@Nullable Definition scope(
      String key, ServiceTokenSettings.Scope configured) {
    if (configured.id().startsWith(Permissions.PREFIX)) {
      sources.reportError(
          key + ".id", "must not start with " + Permissions.PREFIX + ", which is reserved");
      return null;
    }
    try {
      // The other settings cannot be blank, because a blank value is treated as absent.
      return new ScopeCatalog.Definition(
          configured.id(), configured.description(), configured.plugin());
    } catch (IllegalArgumentException e) {
      sources.reportError(
          key + ".id", "must be 1 to 255 printable ASCII characters, no space, quote or backslash");
      return null;
    }
  }

  CreationPolicy creationPolicy(ScopeCatalog scopeCatalog) {
    ServiceTokenSettings service = settings.service();
    int max = service.maxTokenLifetimeDays();
    int usual = service.defaultTokenLifetimeDays().orElse(max);
    if (usual > max) {
      if (sources.isClean("service.maxTokenLifetimeDays")) {
        sources.reportError(
            "service.defaultTokenLifetimeDays",
            "must be at most " + max + ", the value of accessTokens.service.maxTokenLifetimeDays");
      }
      usual = max;
    }
    return new CreationPolicy(
        scopeCatalog,
        max,
        usual,
        new CreationLimitRules(settings, sources, scopeCatalog).limits(),
        signInAge(settings.session().freshSignInHours()));
  }

  RotationPolicy rotationPolicy() {
    ServiceTokenSettings.Rotation rotation = settings.service().rotation();
    int max = rotation.maxGraceSeconds();
    int usual = rotation.defaultGraceSeconds();
    boolean maxIsClean = sources.isClean(MAX_GRACE);
    if (usual > max) {
      if (sources.isConfigured(DEFAULT_GRACE) && maxIsClean) {
        sources.reportError(
            DEFAULT_GRACE, "must be at most " + max + ", the value of accessTokens." + MAX_GRACE);
      }
      usual = max;
    }
    SelfRotation self = rotation.self().rule();
    long min = RotationPolicy.MIN_SELF_GRACE.toSeconds();
    if (self != SelfRotation.OFF && max < min) {
      if (maxIsClean) {
        sources.reportError(
            SELF_ROTATION, "needs accessTokens." + MAX_GRACE + " of at least " + min);
      }
      self = SelfRotation.OFF;
    }
    return new RotationPolicy(Duration.ofSeconds(usual), Duration.ofSeconds(max), self);
  }

  private static SignInAge signInAge(int hours) {
    return hours == 0 ? SignInAge.ANY : new SignInAge(Duration.ofHours(hours));
  }

  EntityRefTemplate realmUserRef() {
    String configured = settings.login().containerUserEntityRef().strip();
    // The names in a realm are never complete entity refs. Therefore, a template that consists only
    // of the placeholder means the default template.
    Optional<EntityRefTemplate> ref =
        EntityRefTemplate.ofUsers(configured.equals(REALM_NAME) ? USUAL_REALM_REF : configured)
            .filter(template -> template.placeholder().equals("name"));
    if (ref.isEmpty()) {
      sources.reportError(
          "login.containerUserEntityRef",
          "must be the ref of a user with {name} in its name, e.g. " + USUAL_REALM_REF);
    }
    return ref.orElseGet(() -> EntityRefTemplate.ofUsers(USUAL_REALM_REF).orElseThrow());
  }
}
