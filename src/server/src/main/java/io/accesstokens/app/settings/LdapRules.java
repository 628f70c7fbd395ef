package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.ldap.LdapGroups;
import io.accesstokens.ldap.LdapServer;
import io.accesstokens.ldap.LdapText;
import io.accesstokens.ldap.LdapUserDirectory;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.verify.IpAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Validates the settings of the LDAP server, and derives values from these settings. Reports errors
 * in the same way as {@link SettingsRules}.
 */
final class LdapRules {

  private static final String KEY = "login.ldap";

  private final Settings.Ldap given;
  private final Settings settings;
  private final Sources sources;
  private final SettingsRules rules;

  LdapRules(Settings settings, Sources sources, SettingsRules rules) {
    this.given = settings.login().ldap();
    this.settings = settings;
    this.sources = sources;
    this.rules = rules;
  }

  /** Returns the LDAP server; null if none is configured or if its settings are invalid. */
  Federation.@Nullable Ldap ldap() {
    if (given.url().isEmpty()) {
      requireUrl("userBase", "groupBase", "bindDn", "bindPassword", "bindPasswordFile", "caFile");
      return null;
    }
    if (settings.login().container()) {
      rules.checkExcludes("login.container", KEY + ".url");
    }
    LdapServer server = server(given.url().get());
    LdapUserDirectory users = users();
    LdapGroups groups = given.groupBase().isPresent() ? groups(given.groupBase().get()) : null;
    return server == null || users == null ? null : new Federation.Ldap(server, users, groups);
  }

  private void requireUrl(String... names) {
    for (String name : names) {
      if (sources.isGiven(KEY + '.' + name)) {
        sources.reportError(
            KEY + '.' + name, "needs " + Settings.PREFIX + '.' + KEY + ".url beside it");
      }
    }
  }

  private @Nullable LdapServer server(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("ldaps");
    String path = url.getRawPath();
    if ((!tls && !scheme.equals("ldap"))
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || url.getPort() > 65_535
        || !(path == null || path.isEmpty() || path.equals("/"))) {
      sources.reportError(
          KEY + ".url",
          "must be ldap://host:port or ldaps://host:port, without user, path or query");
      return null;
    }
    if (tls && given.startTls()) {
      sources.reportError(
          KEY + ".startTls", "must be false with an ldaps: URL, which is already encrypted");
    }
    boolean encrypted = tls || given.startTls();
    if (!encrypted) {
      if (given.caFile().isPresent()) {
        sources.reportError(KEY + ".caFile", "needs an ldaps: URL, or startTls: true");
      } else if (!IpAddress.isLoopbackHost(url.getHost())) {
        sources.warn(KEY + ".url", "passwords are sent unencrypted: set startTls");
      }
    }
    rules.checkFile(KEY + ".caFile", given.caFile());
    Optional<Secret> password = given.bindPassword();
    if (given.bindDn().isPresent() != password.isPresent()) {
      boolean dn = given.bindDn().isPresent();
      if (dn && !sources.isGiven(KEY + ".bindPasswordFile")) {
        sources.reportError(
            KEY + ".bindDn", "needs " + Settings.PREFIX + '.' + KEY + ".bindPassword beside it");
      } else if (!dn) {
        sources.reportError(
            KEY + ".bindPassword", "needs " + Settings.PREFIX + '.' + KEY + ".bindDn beside it");
      }
    }
    given.bindDn().ifPresent(dn -> checkDn("bindDn", dn));
    Path caFile = given.caFile().map(rules::resolve).orElse(null);
    LdapServer.Security security =
        tls
            ? LdapServer.Security.TLS
            : given.startTls() ? LdapServer.Security.START_TLS : LdapServer.Security.NONE;
    String host = url.getHost().replace("[", "").replace("]", "");
    return new LdapServer(
        host,
        url.getPort() > 0 ? url.getPort() : security.usualPort(),
        security,
        caFile,
        given.bindDn().orElse(null),
        password.<Supplier<String>>map(secret -> secret::reveal).orElse(null),
        Duration.ofMillis(given.connectTimeoutMillis()),
        Duration.ofMillis(given.readTimeoutMillis()),
        given.maximumConnections());
  }

  private @Nullable LdapUserDirectory users() {
    Optional<String> base = given.userBase();
    if (base.isEmpty()) {
      sources.reportError(KEY + ".userBase", "is required");
    }
    base.ifPresent(dn -> checkDn("userBase", dn));
    checkFilter("userFilter", given.userFilter());
    checkAttribute("usernameAttribute", given.usernameAttribute());
    checkAttribute("displayNameAttribute", given.displayNameAttribute());
    Optional<EntityRefTemplate> ref =
        template(
            "userEntityRef",
            given.userEntityRef(),
            EntityRefTemplate::ofUsers,
            "must be the ref of a user with an attribute in its name, e.g. user:default/{uid}");
    if (base.isEmpty() || ref.isEmpty() || !sources.isClean(KEY)) {
      return null;
    }
    return new LdapUserDirectory(
        base.get(),
        given.userFilter(),
        given.usernameAttribute(),
        ref.get(),
        given.displayNameAttribute(),
        Duration.ofSeconds(given.cacheSeconds()));
  }

  private @Nullable LdapGroups groups(String base) {
    rules.checkExcludes(KEY + ".groupBase", "directory.groupsFile");
    rules.checkExcludes(KEY + ".groupBase", "directory.backstage.baseUrl");
    checkDn("groupBase", base);
    checkFilter("groupFilter", given.groupFilter());
    checkAttribute("memberAttribute", given.memberAttribute());
    Optional<EntityRefTemplate> ref =
        template(
            "groupEntityRef",
            given.groupEntityRef(),
            EntityRefTemplate::ofGroups,
            "must be the ref of a group with an attribute in its name, e.g. group:default/{cn}");
    if (ref.isEmpty() || !sources.isClean(KEY)) {
      return null;
    }
    return new LdapGroups(
        base,
        given.groupFilter(),
        ref.get(),
        given.memberAttribute(),
        settings.directory().nestedGroups(),
        Duration.ofSeconds(given.cacheSeconds()));
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
