package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Federation;
import io.accesstokens.app.settings.Groups;
import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.directory.BackstageGroupDirectory;
import io.accesstokens.directory.FileGroupDirectory;
import io.accesstokens.directory.NoGroups;
import io.accesstokens.ldap.LdapConnections;
import io.accesstokens.ldap.LdapGroupDirectory;
import io.accesstokens.ldap.LdapMailDirectory;
import io.accesstokens.login.password.UsersFile;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.directory.UserDirectory.Presence;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The configured group directory. Some group directories also have a list of all users. */
public final class ConfiguredDirectory implements AutoCloseable {

  private final GroupDirectory groups;

  /** The list of all users in the group directory; null if the group directory has no such list. */
  private final @Nullable UserDirectory users;

  /**
   * The connections to the LDAP server; null if no LDAP server is configured. Even if an LDAP
   * server is configured, the groups can come from another source.
   */
  private final @Nullable LdapConnections ldap;

  private final MailDirectory mail;

  private final Runnable closing;

  private ConfiguredDirectory(
      GroupDirectory groups,
      MailDirectory mail,
      @Nullable UserDirectory users,
      @Nullable LdapConnections ldap,
      Runnable closing) {
    this.groups = groups;
    this.mail = mail;
    this.users = users;
    this.ldap = ldap;
    this.closing = closing;
  }

  /**
   * Opens the configured group directory. Does not throw an exception if a remote group directory
   * is unreachable.
   *
   * @throws StartupException if a configured file has errors; the exception has one line for each
   *     error
   */
  public static ConfiguredDirectory open(Configuration configuration) {
    Federation.Ldap ldap = configuration.federation().ldapOrNull();
    if (ldap == null) {
      return open(configuration, null, MailDirectory.NONE, () -> {});
    }
    LdapConnections connections = connections(ldap);
    MailDirectory mail = new LdapMailDirectory(connections, ldap.users(), ldap.groupsOrNull());
    if (ldap.groupsOrNull() != null) {
      GroupDirectory groups =
          new LdapGroupDirectory(connections, ldap.users(), ldap.groupsOrNull());
      return new ConfiguredDirectory(groups, mail, null, connections, connections::close);
    }
    try {
      return open(configuration, connections, mail, connections::close);
    } catch (RuntimeException e) {
      connections.close();
      throw e;
    }
  }

  private static LdapConnections connections(Federation.Ldap ldap) {
    try {
      return LdapConnections.create(ldap.server());
    } catch (IOException e) {
      throw new StartupException(
          "accessTokens.login.ldap.caFile must be a PEM file of certificates: " + e.getMessage());
    }
  }

  private static ConfiguredDirectory open(
      Configuration configuration,
      @Nullable LdapConnections ldap,
      MailDirectory mail,
      Runnable closing) {
    boolean nested = configuration.settings().directory().nestedGroups();
    Groups groups = configuration.groups();
    if (groups instanceof Groups.BackstageCatalog backstage) {
      Secret token = backstage.token();
      BackstageGroupDirectory directory =
          BackstageGroupDirectory.open(backstage.settings(), token == null ? null : token::reveal);
      return new ConfiguredDirectory(
          directory,
          directory.orElse(mail),
          directory,
          ldap,
          () -> {
            directory.close();
            closing.run();
          });
    }
    if (groups instanceof Groups.None) {
      return new ConfiguredDirectory(new NoGroups(), mail, null, ldap, closing);
    }
    var file = groups instanceof Groups.CatalogFile named ? named.path() : null;
    FileGroupDirectory directory = ConfiguredFiles.groups(file).nested(nested);
    return new ConfiguredDirectory(directory, directory.orElse(mail), null, ldap, closing);
  }

  /** Returns the connections to the LDAP server, or null if none is configured. */
  public @Nullable LdapConnections ldap() {
    return ldap;
  }

  /** Returns true if no group directory is configured. In this case, there are no groups. */
  public boolean isNone() {
    return groups instanceof NoGroups;
  }

  public GroupDirectory groups() {
    return groups;
  }

  /** Returns the directory of the mail addresses of groups and users. */
  public MailDirectory mail() {
    return mail;
  }

  /**
   * Returns true if the group directory has a list of all users. Does not consider the users of the
   * LDAP server.
   */
  boolean listsUsers() {
    return users != null;
  }

  /**
   * Returns a directory that reports which users still exist. If the group directory has a list of
   * all users, a user who is not in that list is gone. If {@code onlyLoginMethod} is not null, the
   * same applies to a user who is not in the users file.
   *
   * @param onlyLoginMethod the users file if it is the only login method; null if there are other
   *     login methods
   */
  UserDirectory userDirectory(@Nullable UsersFile onlyLoginMethod) {
    UserDirectory listed = users == null ? UserDirectory.UNLISTED : users;
    return onlyLoginMethod == null
        ? listed
        : listed.and(user -> onlyLoginMethod.hasUser(user) ? Presence.PRESENT : Presence.GONE);
  }

  /** Closes the connections to a remote group directory and to the LDAP server. */
  @Override
  public void close() {
    closing.run();
  }
}
