package io.accesstokens.app;

import static io.accesstokens.token.UserDirectory.Presence.PRESENT;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Federation;
import io.accesstokens.jwt.TrustedIssuers;
import io.accesstokens.ldap.LdapConnections;
import io.accesstokens.ldap.LdapIdentityStore;
import io.accesstokens.login.AccountStatus;
import io.accesstokens.login.NoPasswordIdentityStore;
import io.accesstokens.login.RealmIdentityStore;
import io.accesstokens.login.UsersFile;
import io.accesstokens.login.UsersFileFirst;
import io.accesstokens.login.UsersFileIdentityStore;
import io.accesstokens.token.UserDirectory;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who the people are, and which groups they belong to, from the sources that the configuration
 * names.
 *
 * @param people checks passwords
 * @param knownUsernames whether a name is known to be somebody's
 * @param standings says who may still sign in as they did
 * @param present knows who is still there
 * @param issuers whose JWTs are accepted; null if there are none
 * @param ending what has to be closed, last opened first
 */
record SignIn(
    IdentityStore people,
    Predicate<String> knownUsernames,
    AccountStatus standings,
    UserDirectory present,
    @Nullable TrustedIssuers issuers,
    Deque<Runnable> ending)
    implements AutoCloseable {

  /**
   * Opens the sources.
   *
   * @throws StartupException if an operator must mend something first; nothing is left open then
   */
  static SignIn start(Configuration configuration, ConfiguredDirectory directory, Clock clock) {
    Deque<Runnable> ending = new ArrayDeque<>();
    try {
      UsersFile people =
          configuration.hasPeopleFile() ? ConfiguredFiles.people(configuration) : null;
      LdapIdentityStore ldapStore = ldapStore(configuration, directory.ldap());
      return new SignIn(
          store(configuration, ldapStore, people),
          // A realm and a directory server do not say.
          people == null ? name -> false : people::knows,
          standings(
              configuration.givenOpenId() == null ? null : configuration.givenOpenId().standing(),
              username -> standing(configuration, ldapStore, people, username)),
          present(configuration, directory, ldapStore, people),
          issuers(configuration, clock, ending),
          ending);
    } catch (RuntimeException e) {
      ending.forEach(Runnable::run);
      throw e;
    }
  }

  private static @Nullable LdapIdentityStore ldapStore(
      Configuration configuration, @Nullable LdapConnections connections) {
    Federation.Ldap ldap = configuration.federation().givenLdap();
    return connections == null || ldap == null
        ? null
        : new LdapIdentityStore(connections, ldap.people());
  }

  private static IdentityStore store(
      Configuration configuration, @Nullable LdapIdentityStore ldap, @Nullable UsersFile people) {
    if (!configuration.hasPasswords()) {
      return new NoPasswordIdentityStore();
    }
    if (people == null) {
      return ldap == null
          ? new RealmIdentityStore(
              configuration.realmUserRef(), configuration.permissionPolicy().roles())
          : ldap;
    }
    return ldap == null
        ? new UsersFileIdentityStore(people)
        : new UsersFileFirst(people, ldap, ldap::refuse);
  }

  /**
   * @param openId null without a provider
   */
  private static AccountStatus standings(
      @Nullable String openId, Function<String, Optional<String>> passwords) {
    return (way, username) ->
        switch (way) {
          case PASSWORD -> passwords.apply(username);
          case OIDC -> Optional.ofNullable(openId);
        };
  }

  private static Optional<String> standing(
      Configuration configuration,
      @Nullable LdapIdentityStore ldap,
      @Nullable UsersFile people,
      String username) {
    if (people != null && (ldap == null || people.knows(username))) {
      return people.standing(username);
    }
    if (ldap != null) {
      return ldap.standing(username);
    }
    // A realm does not say who has left it.
    return configuration.settings().login().container() ? Optional.of("realm") : Optional.empty();
  }

  /**
   * The people of an issuer or a provider are on nobody's list, so with one, nobody is gone for
   * being on none; but for the directory, which says of everybody who is there.
   */
  private static UserDirectory present(
      Configuration configuration,
      ConfiguredDirectory directory,
      @Nullable LdapIdentityStore ldap,
      @Nullable UsersFile people) {
    if (!configuration.federation().issuers().isEmpty() || configuration.givenOpenId() != null) {
      return directory.people(null);
    }
    if (ldap == null) {
      return directory.people(people);
    }
    return directory
        .people(null)
        .and(user -> people != null && people.hasUser(user) ? PRESENT : ldap.presence(user));
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
