package io.accesstokens.app;

import static io.accesstokens.token.directory.UserDirectory.Presence.PRESENT;

import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Federation;
import io.accesstokens.jwt.TrustedIssuers;
import io.accesstokens.ldap.LdapConnections;
import io.accesstokens.ldap.LdapIdentityStore;
import io.accesstokens.login.AccountStatus;
import io.accesstokens.login.password.NoPasswordIdentityStore;
import io.accesstokens.login.password.RealmIdentityStore;
import io.accesstokens.login.password.UsersFile;
import io.accesstokens.login.password.UsersFileFirstIdentityStore;
import io.accesstokens.login.password.UsersFileIdentityStore;
import io.accesstokens.token.directory.UserDirectory;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The configured sources of users.
 *
 * @param identityStore checks passwords
 * @param knownUsernames returns true for the usernames in the users file
 * @param accountStatus reports the current account status of users who have signed in
 * @param userDirectory reports which users still exist
 * @param issuers the trusted issuers of JWTs; null if there are none
 * @param closeActions the actions that close the opened sources, in reverse order of the opening
 */
public record ConfiguredLogin(
    IdentityStore identityStore,
    Predicate<String> knownUsernames,
    AccountStatus accountStatus,
    UserDirectory userDirectory,
    @Nullable TrustedIssuers issuers,
    Deque<Runnable> closeActions)
    implements AutoCloseable {

  /**
   * Opens the configured sources, and publishes the metric for the users file. If this method
   * throws an exception, it closes all opened sources.
   *
   * @throws StartupException if there is a problem that an operator must fix
   */
  public static ConfiguredLogin open(
      Configuration configuration,
      ConfiguredDirectory directory,
      Clock clock,
      ServerMetrics metrics) {
    Deque<Runnable> closeActions = new ArrayDeque<>();
    try {
      UsersFile usersFile =
          configuration.hasLocalUsers() ? ConfiguredFiles.usersFile(configuration) : null;
      if (usersFile != null) {
        metrics.file("accessTokens.login.usersFile", usersFile::isUsable);
      }
      LdapIdentityStore ldapStore = ldapStore(configuration, directory.ldap());
      return new ConfiguredLogin(
          store(configuration, ldapStore, usersFile),
          // A realm and an LDAP server do not list their usernames.
          usersFile == null ? name -> false : usersFile::knows,
          (method, username, recorded) ->
              switch (method) {
                case PASSWORD ->
                    passwordAccountStatus(configuration, ldapStore, usersFile, username, recorded);
                case OIDC ->
                    Optional.ofNullable(configuration.openIdOrNull())
                        .map(provider -> provider.accountStatus());
              },
          userDirectory(configuration, directory, ldapStore, usersFile),
          issuers(configuration, clock, closeActions),
          closeActions);
    } catch (RuntimeException e) {
      closeActions.forEach(Runnable::run);
      throw e;
    }
  }

  private static @Nullable LdapIdentityStore ldapStore(
      Configuration configuration, @Nullable LdapConnections connections) {
    Federation.Ldap ldap = configuration.federation().ldapOrNull();
    return connections == null || ldap == null
        ? null
        : new LdapIdentityStore(connections, ldap.users());
  }

  private static IdentityStore store(
      Configuration configuration,
      @Nullable LdapIdentityStore ldap,
      @Nullable UsersFile usersFile) {
    if (!configuration.hasPasswordLogin()) {
      return new NoPasswordIdentityStore();
    }
    if (usersFile == null) {
      return ldap == null
          ? new RealmIdentityStore(
              configuration.realmUserRef(), configuration.permissionPolicy().roles())
          : ldap;
    }
    return ldap == null
        ? new UsersFileIdentityStore(usersFile)
        : new UsersFileFirstIdentityStore(usersFile, ldap, ldap::simulateRejection);
  }

  private static Optional<String> passwordAccountStatus(
      Configuration configuration,
      @Nullable LdapIdentityStore ldap,
      @Nullable UsersFile usersFile,
      String username,
      @Nullable String recorded) {
    if (usersFile != null && (ldap == null || usersFile.knows(username))) {
      return usersFile.accountStatus(username);
    }
    if (ldap != null) {
      return ldap.accountStatus(username, recorded);
    }
    // A realm does not report which users have left.
    return configuration.settings().login().container() ? Optional.of("realm") : Optional.empty();
  }

  /**
   * Returns a directory that reports which users still exist. If the group directory has a list of
   * all users, a user who is not in that list is gone. If there is no login method other than the
   * users file and the LDAP server, a user who is in neither of them is gone.
   */
  private static UserDirectory userDirectory(
      Configuration configuration,
      ConfiguredDirectory directory,
      @Nullable LdapIdentityStore ldap,
      @Nullable UsersFile usersFile) {
    if (!configuration.federation().issuers().isEmpty() || configuration.openIdOrNull() != null) {
      return directory.userDirectory(null);
    }
    if (ldap == null) {
      return directory.userDirectory(usersFile);
    }
    return directory
        .userDirectory(null)
        .and(user -> usersFile != null && usersFile.hasUser(user) ? PRESENT : ldap.presence(user));
  }

  private static @Nullable TrustedIssuers issuers(
      Configuration configuration, Clock clock, Deque<Runnable> closeActions) {
    if (configuration.federation().issuers().isEmpty()) {
      return null;
    }
    TrustedIssuers issuers = new TrustedIssuers(configuration.federation().issuers(), clock);
    closeActions.push(issuers::close);
    return issuers;
  }

  /** Closes all opened sources. */
  @Override
  public void close() {
    closeActions.forEach(Runnable::run);
  }
}
