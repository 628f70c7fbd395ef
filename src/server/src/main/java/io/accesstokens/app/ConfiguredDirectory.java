package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Federation;
import io.accesstokens.app.settings.Groups;
import io.accesstokens.app.settings.Secret;
import io.accesstokens.directory.BackstageGroupDirectory;
import io.accesstokens.directory.NoGroups;
import io.accesstokens.ldap.LdapConnections;
import io.accesstokens.ldap.LdapGroupDirectory;
import io.accesstokens.login.UsersFile;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.UserDirectory;
import io.accesstokens.token.UserDirectory.Presence;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The directory of groups that the configuration names, and what it knows of people. */
public final class ConfiguredDirectory implements AutoCloseable {

  private final GroupDirectory groups;

  /** Which people there are; null if this directory keeps no list of them. */
  private final @Nullable UserDirectory people;

  /** To the LDAP server, if there is one, whether or not it knows the groups. */
  private final @Nullable LdapConnections ldap;

  private final Runnable closing;

  private ConfiguredDirectory(
      GroupDirectory groups,
      @Nullable UserDirectory people,
      @Nullable LdapConnections ldap,
      Runnable closing) {
    this.groups = groups;
    this.people = people;
    this.ldap = ldap;
    this.closing = closing;
  }

  /**
   * Opens it. One that is elsewhere need not answer yet.
   *
   * @throws StartupException with a line for each mistake in a file
   */
  public static ConfiguredDirectory open(Configuration configuration) {
    Federation.Ldap ldap = configuration.federation().givenLdap();
    if (ldap == null) {
      return open(configuration, null, () -> {});
    }
    LdapConnections connections = connections(ldap);
    if (ldap.givenGroups() != null) {
      GroupDirectory groups =
          new LdapGroupDirectory(connections, ldap.people(), ldap.givenGroups());
      return new ConfiguredDirectory(groups, null, connections, connections::close);
    }
    try {
      return open(configuration, connections, connections::close);
    } catch (RuntimeException e) {
      connections.close();
      throw e;
    }
  }

  private static LdapConnections connections(Federation.Ldap ldap) {
    try {
      return LdapConnections.to(ldap.server());
    } catch (IOException e) {
      throw new StartupException(
          "accessTokens.login.ldap.caFile must be a PEM file of certificates: " + e.getMessage());
    }
  }

  private static ConfiguredDirectory open(
      Configuration configuration, @Nullable LdapConnections ldap, Runnable closing) {
    boolean nested = configuration.settings().directory().nestedGroups();
    Groups groups = configuration.groups();
    if (groups instanceof Groups.BackstageCatalog backstage) {
      Secret token = backstage.token();
      BackstageGroupDirectory directory =
          BackstageGroupDirectory.open(backstage.terms(), token == null ? null : token.reveal());
      return new ConfiguredDirectory(
          directory,
          directory,
          ldap,
          () -> {
            directory.close();
            closing.run();
          });
    }
    if (groups instanceof Groups.None) {
      return new ConfiguredDirectory(new NoGroups(), null, ldap, closing);
    }
    var file = groups instanceof Groups.CatalogFile named ? named.path() : null;
    return new ConfiguredDirectory(
        ConfiguredFiles.groups(file).nested(nested), null, ldap, closing);
  }

  /** To the LDAP server; null if there is none. */
  @Nullable LdapConnections ldap() {
    return ldap;
  }

  /** Returns true if no directory is configured, so that there are no groups. */
  public boolean isNone() {
    return groups instanceof NoGroups;
  }

  /** The groups. */
  public GroupDirectory groups() {
    return groups;
  }

  /** Whether this directory keeps a list of people, beside that of an LDAP server. */
  boolean listsPeople() {
    return people != null;
  }

  /**
   * Who is still there. A directory of people knows of everybody; a file of passwords knows who
   * left only if there is no other way to sign in.
   *
   * @param onlyWayIn the file without which nobody can sign in; null if there are other ways
   */
  UserDirectory people(@Nullable UsersFile onlyWayIn) {
    UserDirectory listed = people == null ? UserDirectory.UNLISTED : people;
    return onlyWayIn == null
        ? listed
        : listed.and(user -> onlyWayIn.hasUser(user) ? Presence.PRESENT : Presence.GONE);
  }

  /** Lets go of whatever is elsewhere. */
  @Override
  public void close() {
    closing.run();
  }
}
