package io.accesstokens.app.settings;

import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.token.IssuePolicy;
import io.accesstokens.token.PermissionPolicy;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ScopeCatalogue;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawTokenFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The same as {@link SettingsRules}, for the settings from which the domain's values are made. */
final class TokenRules {

  private static final String SCOPES = "service.scopes";
  private static final String REALM_NAME = "{name}";
  private static final String USUAL_REALM_REF = "user:default/" + REALM_NAME;

  private final Settings settings;
  private final Sources sources;

  TokenRules(Settings settings, Sources sources) {
    this.settings = settings;
    this.sources = sources;
  }

  RawTokenFormat rawTokenFormat() {
    Settings.RawTokens given = settings.rawToken();
    boolean service = checkPrefix("rawToken.servicePrefix", given.servicePrefix());
    boolean personal = checkPrefix("rawToken.personalPrefix", given.personalPrefix());
    if (!service || !personal) {
      return RawTokenFormat.DEFAULT;
    }
    if (given.servicePrefix().equals(given.personalPrefix())) {
      boolean personalGiven = sources.isGiven("rawToken.personalPrefix");
      sources.complain(
          personalGiven ? "rawToken.personalPrefix" : "rawToken.servicePrefix",
          "must not be the same as "
              + Settings.PREFIX
              + (personalGiven ? ".rawToken.servicePrefix" : ".rawToken.personalPrefix"));
      return RawTokenFormat.DEFAULT;
    }
    return new RawTokenFormat(
        given.servicePrefix(), given.personalPrefix(), given.acceptUnchecked());
  }

  private boolean checkPrefix(String key, String prefix) {
    try {
      // The other one only has to be valid and different.
      var unused = new RawTokenFormat(prefix, prefix.equals("a_") ? "b_" : "a_", false);
      return true;
    } catch (IllegalArgumentException e) {
      sources.complain(
          key, "must be a lower-case letter, up to six letters or digits, and an underscore");
      return false;
    }
  }

  ScopeCatalogue scopeCatalogue() {
    ScopeCatalogue catalogue = ScopeCatalogue.defaults();
    if (sources.isClean(SCOPES)) {
      catalogue = catalogue.and(ScopeCatalogue.of(configuredScopes(catalogue)));
    }
    Settings.Service service = settings.service();
    if (service.allowTokenManagement()) {
      catalogue = catalogue.and(ScopeCatalogue.tokenManagement());
    }
    return service.allowTokenManagement() || service.allowIntrospection()
        ? catalogue.and(ScopeCatalogue.introspection())
        : catalogue;
  }

  private List<ScopeCatalogue.Definition> configuredScopes(ScopeCatalogue builtIn) {
    List<ScopeCatalogue.Definition> configured = new ArrayList<>();
    Map<String, String> owners = new HashMap<>();
    builtIn.scopes().forEach(scope -> owners.put(scope.id(), "a built-in scope"));
    List<Settings.Scope> scopes = settings.service().scopes();
    for (int i = 0; i < scopes.size(); i++) {
      String key = SCOPES + '[' + i + ']';
      ScopeCatalogue.Definition scope = scope(key, scopes.get(i));
      if (scope != null) {
        String owner = owners.putIfAbsent(scope.id(), Settings.PREFIX + '.' + key);
        if (owner == null) {
          configured.add(scope);
        } else {
          sources.complain(key + ".id", "repeats " + scope.id() + " of " + owner);
        }
      }
    }
    return configured;
  }

  private ScopeCatalogue.@Nullable Definition scope(String key, Settings.Scope given) {
    if (given.id().startsWith(Permissions.PREFIX)) {
      sources.complain(
          key + ".id", "must not start with " + Permissions.PREFIX + ", which is reserved");
      return null;
    }
    try {
      // Its other members cannot be blank: that would count as absent.
      return new ScopeCatalogue.Definition(given.id(), given.description(), given.plugin());
    } catch (IllegalArgumentException e) {
      sources.complain(
          key + ".id", "must be 1 to 255 printable ASCII characters, no space, quote or backslash");
      return null;
    }
  }

  IssuePolicy issuePolicy(ScopeCatalogue catalogue) {
    Settings.Service service = settings.service();
    int max = service.maxTokenLifetimeDays();
    int usual = service.defaultTokenLifetimeDays().orElse(max);
    if (usual > max) {
      if (sources.isClean("service.maxTokenLifetimeDays")) {
        sources.complain(
            "service.defaultTokenLifetimeDays",
            "must be at most " + max + ", the value of accessTokens.service.maxTokenLifetimeDays");
      }
      usual = max;
    }
    return new IssuePolicy(catalogue, max, usual);
  }

  PermissionPolicy permissionPolicy() {
    PermissionPolicy.Grantees admins = grantees("service.admin", settings.service().admin());
    PermissionPolicy.Grantees auditors = grantees("service.auditor", settings.service().auditor());
    if (sampleGrantsApply()) {
      admins = sample("alice");
      if (auditors.equals(PermissionPolicy.Grantees.NOBODY)) {
        auditors = sample("bob");
      }
    }
    return new PermissionPolicy(admins, auditors, introspectors());
  }

  private PermissionPolicy.Grantees introspectors() {
    return new PermissionPolicy.Grantees(
        refs(
            "introspection.userEntityRefs",
            settings.introspection().userEntityRefs(),
            EntityRef::parseUser,
            "must name a user, e.g. user:default/gateway"),
        Set.of());
  }

  /** The sample people have their sample rights until somebody says who is an admin. */
  private boolean sampleGrantsApply() {
    // Where others say who somebody is, anybody there may be called alice.
    return !settings.login().container()
        && settings.login().peopleFile().isEmpty()
        && settings.login().jwt().isEmpty()
        && settings.login().ldap().url().isEmpty()
        && settings.service().admin().userEntityRefs().isEmpty()
        && settings.service().admin().groupEntityRefs().isEmpty();
  }

  private static PermissionPolicy.Grantees sample(String name) {
    return new PermissionPolicy.Grantees(
        Set.of(new EntityRef(EntityRef.USER, "default", name)), Set.of());
  }

  private PermissionPolicy.Grantees grantees(String key, Settings.Grantees given) {
    return new PermissionPolicy.Grantees(
        refs(
            key + ".userEntityRefs",
            given.userEntityRefs(),
            EntityRef::parseUser,
            "must name a user, e.g. user:default/alice"),
        refs(
            key + ".groupEntityRefs",
            given.groupEntityRefs(),
            EntityRef::parseGroup,
            "must name a group, e.g. group:default/platform"),
        roles(key + ".roles", given.roles()));
  }

  private Set<String> roles(String key, Optional<List<String>> names) {
    List<String> roles = names.orElse(List.of());
    if (!roles.isEmpty() && !settings.login().container()) {
      sources.complain(key + "[0]", "needs " + Settings.PREFIX + ".login.container: true");
    }
    for (int i = 0; i < roles.size(); i++) {
      if (roles.get(i).matches("\\*+")) {
        // To servlet containers these are no roles: everybody has them.
        sources.complain(key + '[' + i + ']', "must be the name of a role, which * and ** are not");
      }
    }
    return Set.copyOf(roles);
  }

  EntityRefTemplate realmUserRef() {
    String given = settings.login().containerUserEntityRef().strip();
    // Names of a realm are never whole refs, so the placeholder alone is a name, too.
    Optional<EntityRefTemplate> ref =
        EntityRefTemplate.ofUsers(given.equals(REALM_NAME) ? USUAL_REALM_REF : given)
            .filter(template -> template.placeholder().equals("name"));
    if (ref.isEmpty()) {
      sources.complain(
          "login.containerUserEntityRef",
          "must be the ref of a user with {name} in its name, e.g. " + USUAL_REALM_REF);
    }
    return ref.orElseGet(() -> EntityRefTemplate.ofUsers(USUAL_REALM_REF).orElseThrow());
  }

  private Set<EntityRef> refs(
      String key,
      Optional<List<String>> texts,
      Function<String, Optional<EntityRef>> parser,
      String complaint) {
    Set<EntityRef> refs = new LinkedHashSet<>();
    if (texts.isPresent() && sources.isClean(key)) {
      for (int i = 0; i < texts.get().size(); i++) {
        Optional<EntityRef> ref = parser.apply(texts.get().get(i));
        if (ref.isPresent()) {
          refs.add(ref.get());
        } else {
          sources.complain(key + '[' + i + ']', complaint);
        }
      }
    }
    return refs;
  }
}
