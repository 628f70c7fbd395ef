package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Federation;
import io.accesstokens.ldap.LdapConnections;
import io.accesstokens.ldap.LdapIdentityStore;
import io.accesstokens.login.password.UsersFile;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.directory.UserDirectory.Presence;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.List;

/**
 * Determines whether a user exists, according to the configured login methods and the group
 * directory. Used by the command {@code explain} only.
 */
public final class UserLookup {

  private final Configuration configuration;
  private final ConfiguredDirectory directory;

  /**
   * Creates a look-up for the users of a configuration.
   *
   * @param directory the group directory that was opened with this configuration
   */
  public UserLookup(Configuration configuration, ConfiguredDirectory directory) {
    this.configuration = configuration;
    this.directory = directory;
  }

  /**
   * Returns true if a user can have groups that are not in the group directory. OpenID providers
   * and JWT issuers can report further groups.
   */
  public boolean hasExternalGroups() {
    return configuration.openIdOrNull() != null || !configuration.federation().issuers().isEmpty();
  }

  /**
   * Determines whether a user exists. If an OpenID provider, a JWT issuer or a container's realm is
   * configured, every user counts as present. These sources do not list their users.
   *
   * @return {@link Presence#PRESENT} if a list contains the user; {@link Presence#UNKNOWN} if no
   *     list contains the user, but a list is unavailable; otherwise {@link Presence#GONE}
   * @throws StartupException if a configured file has errors
   */
  public Presence presence(EntityRef user) {
    if (configuration.settings().login().container() || hasExternalGroups()) {
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

  /**
   * Returns all configured lists of users. A user exists if at least one list contains the user.
   */
  private List<UserDirectory> lists() {
    List<UserDirectory> lists = new ArrayList<>();
    if (configuration.hasLocalUsers()) {
      UsersFile file = ConfiguredFiles.usersFile(configuration);
      lists.add(user -> file.hasUser(user) ? Presence.PRESENT : Presence.GONE);
    }
    Federation.Ldap ldap = configuration.federation().ldapOrNull();
    LdapConnections connections = directory.ldap();
    if (ldap != null && connections != null) {
      lists.add(new LdapIdentityStore(connections, ldap.users())::presence);
    }
    if (directory.listsUsers()) {
      lists.add(directory.userDirectory(null));
    }
    return lists;
  }
}
