package io.accesstokens.app.settings;

import io.accesstokens.jwt.TrustedIssuer;
import io.accesstokens.ldap.LdapGroups;
import io.accesstokens.ldap.LdapServer;
import io.accesstokens.ldap.LdapUserDirectory;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which other systems are believed about who somebody is, and whose pages may call.
 *
 * @param issuers whose JWTs are accepted
 * @param givenLdap null if there is none
 * @param allowedOrigins in the form in which browsers send them
 */
public record Federation(
    List<TrustedIssuer> issuers, @Nullable Ldap givenLdap, Set<String> allowedOrigins) {

  public Federation {
    issuers = List.copyOf(issuers);
    allowedOrigins = Set.copyOf(allowedOrigins);
  }

  /** A directory server, if there is one. */
  public Optional<Ldap> ldap() {
    return Optional.ofNullable(givenLdap);
  }

  /**
   * A directory server.
   *
   * @param people those who can sign in
   * @param givenGroups null if it does not know the groups
   */
  public record Ldap(
      LdapServer server, LdapUserDirectory people, @Nullable LdapGroups givenGroups) {

    /** The groups that it knows, if it is to be asked for them. */
    public Optional<LdapGroups> groups() {
      return Optional.ofNullable(givenGroups);
    }
  }
}
