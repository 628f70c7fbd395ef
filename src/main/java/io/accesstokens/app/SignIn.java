package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Federation;
import io.accesstokens.jwt.TrustedIssuers;
import io.accesstokens.ldap.LdapConnections;
import io.accesstokens.ldap.LdapGroupDirectory;
import io.accesstokens.ldap.LdapIdentityStore;
import io.accesstokens.login.PeopleFile;
import io.accesstokens.login.PeopleFileFirst;
import io.accesstokens.login.PeopleFileIdentityStore;
import io.accesstokens.login.RealmIdentityStore;
import io.accesstokens.login.Standings;
import io.accesstokens.token.GroupDirectory;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who the people are, and which groups they belong to, from the sources that the configuration
 * names.
 *
 * @param directory knows the groups
 * @param people checks passwords
 * @param knownUsernames whether a name is known to be somebody's
 * @param standings says who may still sign in as they did
 * @param issuers whose JWTs are accepted; null if there are none
 * @param ending what has to be closed, last opened first
 */
record SignIn(
    GroupDirectory directory,
    IdentityStore people,
    Predicate<String> knownUsernames,
    Standings standings,
    @Nullable TrustedIssuers issuers,
    Deque<Runnable> ending)
    implements AutoCloseable {

  /**
   * Opens the sources.
   *
   * @throws StartRefused if an operator must mend something first; nothing is left open then
   */
  static SignIn start(Configuration configuration, Clock clock) {
    Deque<Runnable> ending = new ArrayDeque<>();
    try {
      LdapConnections ldap = ldap(configuration);
      if (ldap != null) {
        ending.push(ldap::close);
      }
      GroupDirectory directory = directory(configuration, ldap);
      boolean file =
          configuration.hasSamplePeople()
              || configuration.settings().login().peopleFile().isPresent();
      PeopleFile people = file ? ConfiguredFiles.people(configuration) : null;
      LdapIdentityStore ldapStore = ldapStore(configuration, ldap);
      return new SignIn(
          directory,
          store(configuration, ldapStore, people),
          // A realm and a directory server do not say.
          people == null ? name -> false : people::knows,
          standings(ldapStore, people),
          issuers(configuration, clock, ending),
          ending);
    } catch (RuntimeException e) {
      ending.forEach(Runnable::run);
      throw e;
    }
  }

  private static @Nullable LdapConnections ldap(Configuration configuration) {
    Federation.Ldap given = configuration.federation().givenLdap();
    if (given == null) {
      return null;
    }
    try {
      return LdapConnections.to(given.server());
    } catch (IOException e) {
      throw new StartRefused(
          "accessTokens.login.ldap.caFile must be a PEM file of certificates: " + e.getMessage());
    }
  }

  private static GroupDirectory directory(
      Configuration configuration, @Nullable LdapConnections connections) {
    Federation.Ldap ldap = configuration.federation().givenLdap();
    return connections == null || ldap == null || ldap.givenGroups() == null
        ? ConfiguredFiles.groups(configuration)
        : new LdapGroupDirectory(connections, ldap.people(), ldap.givenGroups());
  }

  private static @Nullable LdapIdentityStore ldapStore(
      Configuration configuration, @Nullable LdapConnections connections) {
    Federation.Ldap ldap = configuration.federation().givenLdap();
    return connections == null || ldap == null
        ? null
        : new LdapIdentityStore(connections, ldap.people());
  }

  private static IdentityStore store(
      Configuration configuration, @Nullable LdapIdentityStore ldap, @Nullable PeopleFile people) {
    if (people == null) {
      return ldap == null
          ? new RealmIdentityStore(
              configuration.realmUserRef(), configuration.permissionPolicy().roles())
          : ldap;
    }
    return ldap == null ? new PeopleFileIdentityStore(people) : new PeopleFileFirst(people, ldap);
  }

  private static Standings standings(
      @Nullable LdapIdentityStore ldap, @Nullable PeopleFile people) {
    if (ldap == null) {
      return people == null
          ? (way, username) -> Optional.of("realm") // which does not say who has left it
          : (way, username) -> people.standing(username);
    }
    return (way, username) ->
        people != null && people.knows(username)
            ? people.standing(username)
            : ldap.standing(username);
  }

  private static @Nullable TrustedIssuers issuers(
      Configuration configuration, Clock clock, Deque<Runnable> ending) {
    if (configuration.federation().issuers().isEmpty()) {
      return null;
    }
    TrustedIssuers issuers = new TrustedIssuers(configuration.federation().issuers(), clock);
    ending.push(issuers::close);
    return issuers;
  }

  /** Ends all that was opened. */
  @Override
  public void close() {
    ending.forEach(Runnable::run);
  }
}
