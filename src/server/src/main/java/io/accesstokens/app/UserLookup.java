package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Federation;
import io.accesstokens.ldap.LdapConnections;
import io.accesstokens.ldap.LdapIdentityStore;
import io.accesstokens.login.UsersFile;
import io.accesstokens.token.UserDirectory;
import io.accesstokens.token.UserDirectory.Presence;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.List;

/** Whether there is somebody of that name, as far as the ways to sign in and the directory say. */
public final class UserLookup {

  private final Configuration configuration;
  private final ConfiguredDirectory directory;

  /** Among those who sign in by this configuration; the directory is its own. */
  public UserLookup(Configuration configuration, ConfiguredDirectory directory) {
    this.configuration = configuration;
    this.directory = directory;
  }

  /** Whether a sign-in itself can name groups, beside those that the directory knows. */
  public boolean signInsNameGroups() {
    return configuration.givenOpenId() != null || !configuration.federation().issuers().isEmpty();
  }

  /**
   * Whether there is such a person. An OpenID provider, an issuer of JWTs and a servlet container's
   * realm do not tell whom they know: with one, everybody is taken to be there.
   *
   * @throws StartupException if a file is wrong
   */
  public Presence presence(EntityRef user) {
    if (configuration.settings().login().container() || signInsNameGroups()) {
      return Presence.PRESENT;
    }
    Presence found = Presence.GONE;
    for (UserDirectory some : lists()) {
      Presence presence = some.presence(user);
      if (presence == Presence.PRESENT) {
        return presence;
      }
      found = presence == Presence.UNKNOWN ? presence : found;
    }
    return found;
  }

  /** Each of which can hold somebody. */
  private List<UserDirectory> lists() {
    List<UserDirectory> lists = new ArrayList<>();
    if (configuration.hasPeopleFile()) {
      UsersFile file = ConfiguredFiles.people(configuration);
      lists.add(user -> file.hasUser(user) ? Presence.PRESENT : Presence.GONE);
    }
    Federation.Ldap ldap = configuration.federation().givenLdap();
    LdapConnections connections = directory.ldap();
    if (ldap != null && connections != null) {
      lists.add(new LdapIdentityStore(connections, ldap.people())::presence);
    }
    if (directory.listsPeople()) {
      lists.add(directory.people(null));
    }
    return lists;
  }
}
