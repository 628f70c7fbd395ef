package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.ldap.LdapGroups;
import io.accesstokens.ldap.LdapServer;
import io.accesstokens.ldap.LdapText;
import io.accesstokens.ldap.LdapUsers;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.verify.IpAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Validates the settings of the LDAP server, and derives values from these settings. */
final class LdapRules {

  private static final String KEY = "login.ldap";

  private final LoginSettings.Ldap ldap;
  private final Settings settings;
  private final Sources sources;
  private final SettingsRules rules;

  LdapRules(Settings settings, Sources sources, SettingsRules rules) {
    this.ldap = settings.login().ldap();
    this.settings = settings;
    this.sources = sources;
    this.rules = rules;
  }

  /** Returns the LDAP server; null if none is configured or if its settings are invalid. */
  Federation.@Nullable Ldap ldap() {
    if (ldap.url().isEmpty()) {
      sources.reportAllSetWithout(
          KEY,
          List.of("userBase", "groupBase", "bindDn", "bindPassword", "bindPasswordFile", "caFile"),
          "url");
      return null;
    }
    if (settings.login().container()) {
      sources.checkExcludes("login.container", KEY + ".url");
    }
    LdapServer server = server(ldap.url().get());
    LdapUsers users = users();
    LdapGroups groups = ldap.groupBase().isPresent() ? groups(ldap.groupBase().get()) : null;
    return server == null || users == null ? null : new Federation.Ldap(server, users, groups);
  }

  private @Nullable LdapServer server(URI url) {
    if (!isServer(url)) {
      sources.reportError(
          KEY + ".url",
          "must be ldap://host:port or ldaps://host:port, without user, path or query");
      return null;
    }
    LdapServer.Security security =
        hasScheme(url, "ldaps")
            ? LdapServer.Security.TLS
            : ldap.startTls() ? LdapServer.Security.START_TLS : LdapServer.Security.NONE;
    checkSecurity(url, security);
    rules.checkFile(KEY + ".caFile", ldap.caFile());
    checkBind();
    return new LdapServer(
        url.getHost().replace("[", "").replace("]", ""),
        url.getPort() > 0 ? url.getPort() : security.usualPort(),
        security,
        ldap.caFile().map(rules::resolve).orElse(null),
        ldap.bindDn().orElse(null),
        ldap.bindPassword().<Supplier<String>>map(secret -> secret::reveal).orElse(null),
        Duration.ofMillis(ldap.connectTimeoutMillis()),
        Duration.ofMillis(ldap.readTimeoutMillis()),
        ldap.maximumConnections());
  }

  private static boolean isServer(URI url) {
    String path = url.getRawPath();
    return (hasScheme(url, "ldaps") || hasScheme(url, "ldap"))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getRawQuery() == null
        && url.getRawFragment() == null
        && url.getPort() <= 65_535
        && (path == null || path.isEmpty() || path.equals("/"));
  }

  private static boolean hasScheme(URI url, String scheme) {
    return scheme.equalsIgnoreCase(url.getScheme());
  }

  private void checkSecurity(URI url, LdapServer.Security security) {
    if (security == LdapServer.Security.TLS && ldap.startTls()) {
      sources.reportError(
          KEY + ".startTls", "must be false with an ldaps: URL, which is already encrypted");
    } else if (security == LdapServer.Security.NONE && ldap.caFile().isPresent()) {
      sources.reportError(KEY + ".caFile", "needs an ldaps: URL, or startTls: true");
    } else if (security == LdapServer.Security.NONE && !IpAddress.isLoopbackHost(url.getHost())) {
      sources.warn(KEY + ".url", "passwords are sent unencrypted: set startTls");
    }
  }

  /** Verifies that the DN and the password are set together, and that the DN is valid. */
  private void checkBind() {
    Optional<String> dn = ldap.bindDn();
    boolean hasPassword = ldap.bindPassword().isPresent();
    if (dn.isPresent() && !hasPassword && !sources.isConfigured(KEY + ".bindPasswordFile")) {
      sources.reportSetWithout(KEY + ".bindDn", KEY + ".bindPassword");
    } else if (dn.isEmpty() && hasPassword) {
      sources.reportSetWithout(KEY + ".bindPassword", KEY + ".bindDn");
    }
    dn.ifPresent(text -> checkDn("bindDn", text));
  }

  private @Nullable LdapUsers users() {
    Optional<String> base = ldap.userBase();
    if (base.isEmpty()) {
      sources.reportError(KEY + ".userBase", "is required");
    }
    base.ifPresent(dn -> checkDn("userBase", dn));
    checkFilter("userFilter", ldap.userFilter());
    checkAttribute("usernameAttribute", ldap.usernameAttribute());
    checkAttribute("displayNameAttribute", ldap.displayNameAttribute());
    Optional<EntityRefTemplate> ref =
        template(
            "userEntityRef",
            ldap.userEntityRef(),
            EntityRefTemplate::ofUsers,
            "must be the ref of a user with an attribute in its name, e.g. user:default/{uid}");
    if (base.isEmpty() || ref.isEmpty() || !sources.isClean(KEY)) {
      return null;
    }
    return new LdapUsers(
        base.get(),
        ldap.userFilter(),
        ldap.usernameAttribute(),
        ref.get(),
        ldap.displayNameAttribute(),
        Duration.ofSeconds(ldap.cacheSeconds()));
  }

  private @Nullable LdapGroups groups(String base) {
    sources.checkExcludes(KEY + ".groupBase", "directory.groupsFile");
    sources.checkExcludes(KEY + ".groupBase", "directory.backstage.baseUrl");
    checkDn("groupBase", base);
    checkFilter("groupFilter", ldap.groupFilter());
    checkAttribute("memberAttribute", ldap.memberAttribute());
    Optional<EntityRefTemplate> ref =
        template(
            "groupEntityRef",
            ldap.groupEntityRef(),
            EntityRefTemplate::ofGroups,
            "must be the ref of a group with an attribute in its name, e.g. group:default/{cn}");
    if (ref.isEmpty() || !sources.isClean(KEY)) {
      return null;
    }
    return new LdapGroups(
        base,
        ldap.groupFilter(),
        ref.get(),
        ldap.memberAttribute(),
        settings.directory().nestedGroups(),
        Duration.ofSeconds(ldap.cacheSeconds()));
  }

  private Optional<EntityRefTemplate> template(
      String name,
      String text,
      Function<String, Optional<EntityRefTemplate>> reading,
      String errorMessage) {
    Optional<EntityRefTemplate> template =
        reading.apply(text).filter(parsed -> LdapText.isAttribute(parsed.placeholder()));
    if (template.isEmpty()) {
      sources.reportError(KEY + '.' + name, errorMessage);
    }
    return template;
  }

  private void checkDn(String name, String text) {
    if (!LdapText.isDn(text)) {
      sources.reportError(
          KEY + '.' + name, "must be a distinguished name, e.g. ou=people,dc=example,dc=com");
    }
  }

  private void checkFilter(String name, String text) {
    if (!LdapText.isFilter(text)) {
      sources.reportError(
          KEY + '.' + name, "must be a search filter (RFC 4515), e.g. (objectClass=person)");
    }
  }

  private void checkAttribute(String name, String text) {
    if (!LdapText.isAttribute(text)) {
      sources.reportError(KEY + '.' + name, "must be the name of an attribute");
    }
  }
}
