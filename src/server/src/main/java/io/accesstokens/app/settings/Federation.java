package io.accesstokens.app.settings;

import io.accesstokens.jwt.TrustedIssuer;
import io.accesstokens.ldap.LdapGroups;
import io.accesstokens.ldap.LdapServer;
import io.accesstokens.ldap.LdapUsers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The external systems that authenticate users, and the web origins that may call the API.
 *
 * @param issuers the trusted issuers of JWTs
 * @param ldapOrNull the LDAP server, or null if none is configured
 * @param allowedOrigins the origins that may call the API, in the form in which browsers send them
 */
public record Federation(
    List<TrustedIssuer> issuers, @Nullable Ldap ldapOrNull, Set<String> allowedOrigins) {

  public Federation {
    issuers = List.copyOf(issuers);
    allowedOrigins = Set.copyOf(allowedOrigins);
  }

  /** Returns the LDAP server; empty if none is configured. */
  public Optional<Ldap> ldap() {
    return Optional.ofNullable(ldapOrNull);
  }

  /**
   * The settings of an LDAP server.
   *
   * @param server the connection settings
   * @param users finds the users who can sign in
   * @param groupsOrNull the settings of the search for groups; null if groups are not read from
   *     this server
   */
  public record Ldap(LdapServer server, LdapUsers users, @Nullable LdapGroups groupsOrNull) {}
}
