package io.accesstokens.ldap;

import com.github.benmanes.caffeine.cache.Ticker;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.accesstokens.login.AuthenticatedUser;
import io.accesstokens.login.Bulkhead;
import io.accesstokens.login.RequestCredential;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.login.password.PreparedPassword;
import io.accesstokens.token.Text;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.verify.EntityRef;
import jakarta.security.enterprise.CallerPrincipal;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.text.Normalizer;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies names and passwords against an LDAP server. The store searches for the user and then
 * binds as the entry of the user. In a valid result, the name of the principal is the canonical
 * user ref. The result contains no groups, because a group directory provides the groups.
 *
 * <p>Validates only {@link UsernamePasswordCredential} and its subclasses.
 */
public final class LdapIdentityStore implements IdentityStore {

  private static final Logger LOG = System.getLogger(LdapIdentityStore.class.getPackageName());

  /** Maximum length of a username, in UTF-16 code units. */
  private static final int MAX_LENGTH = 255;

  private final LdapConnections connections;
  private final LdapUsers users;
  private final LdapCache<String, Optional<String>> accountStatus;
  private final LdapCache<EntityRef, Boolean> presences;

  /**
   * Creates a store for the users of an LDAP server. The caller must close the connections, because
   * the store does not close them.
   */
  public LdapIdentityStore(LdapConnections connections, LdapUsers users) {
    this.connections = connections;
    this.users = users;
    this.accountStatus =
        new LdapCache<>(
            connections, users.cacheDuration(), this::findAccountStatus, Ticker.systemTicker());
    this.presences =
        new LdapCache<>(connections, users.cacheDuration(), this::isThere, Ticker.systemTicker());
  }

  /** Returns only {@link ValidationType#VALIDATE}, because this store provides no groups. */
  @Override
  public Set<ValidationType> validationTypes() {
    return EnumSet.of(ValidationType.VALIDATE);
  }

  /**
   * Verifies a credential.
   *
   * @throws SignInUnavailableException if the credential cannot be verified in time
   */
  @Override
  public CredentialValidationResult validate(Credential credential) {
    return credential instanceof UsernamePasswordCredential typed
        ? validate(typed, true)
        : CredentialValidationResult.NOT_VALIDATED_RESULT;
  }

  /**
   * Does the same work as {@link #validate} does for a wrong password, but does not send the
   * password. A caller uses this method for a name that another store contains. The response time
   * then does not reveal which store contains the name.
   *
   * @throws SignInUnavailableException if the work cannot be done in time
   */
  public void simulateRejection(UsernamePasswordCredential typed) {
    validate(typed, false);
  }

  private CredentialValidationResult validate(UsernamePasswordCredential typed, boolean mayPass) {
    String username = typed.getCaller();
    if (username == null
        || username.isBlank()
        || username.length() > MAX_LENGTH
        || typed.getPassword() == null) {
      return CredentialValidationResult.INVALID_RESULT;
    }
    // PreparedPassword rejects an empty password. A bind with an empty password would be anonymous
    // and would succeed.
    try (PreparedPassword password =
        PreparedPassword.of(typed.getPassword().getValue()).orElse(null)) {
      return password == null
          ? CredentialValidationResult.INVALID_RESULT
          : validate(
              Normalizer.normalize(username, Normalizer.Form.NFC),
              mayPass ? new String(password.characters()) : null,
              RequestCredential.sourceOf(typed));
    } catch (LdapUnavailableException e) {
      throw new SignInUnavailableException("the LDAP server does not respond");
    }
  }

  /**
   * Returns the account state of a user as a hash, which reveals nothing about the user. The hash
   * changes if another user gets the name. A state is cached for a limited time. A valid credential
   * of the user replaces the cached state. Neither absence nor a state other than {@code recorded}
   * is returned from the cache, because an outdated result would end a session that another replica
   * has just started.
   *
   * @param recorded the state that a session has recorded; null if there is no session
   * @return empty if no user can sign in with that name
   * @throws DirectoryUnavailableException if the server is unavailable
   */
  public Optional<String> accountStatus(String username, @Nullable String recorded) {
    String name = Normalizer.normalize(username, Normalizer.Form.NFC);
    try {
      Optional<String> found = accountStatus.get(name);
      if (recorded != null && found.isPresent() && !found.get().equals(recorded)) {
        accountStatus.remove(name);
        found = accountStatus.get(name);
      }
      if (found.isEmpty()) {
        accountStatus.remove(name);
      }
      return found;
    } catch (LdapUnavailableException e) {
      throw new DirectoryUnavailableException(
          "it cannot be determined whether a user still exists", e);
    }
  }

  /**
   * Returns {@code PRESENT} if the user exists and may sign in. Returns {@code GONE} if the user
   * does not exist or may not sign in. Returns {@code UNKNOWN} if the server is unavailable. {@code
   * PRESENT} and {@code GONE} are cached for a limited time.
   */
  public UserDirectory.Presence presence(EntityRef user) {
    try {
      return presences.get(user) ? UserDirectory.Presence.PRESENT : UserDirectory.Presence.GONE;
    } catch (LdapUnavailableException e) {
      return UserDirectory.Presence.UNKNOWN;
    }
  }

  private boolean isThere(EntityRef user) {
    return users.userFilter(user).stream()
        .flatMap(
            filter ->
                connections
                    .search(users.base(), filter, LdapEntry.SAME_NAME, users.ref().placeholder())
                    .stream())
        .anyMatch(entry -> LdapEntry.ref(entry, users.ref()).filter(user::equals).isPresent());
  }

  private Optional<String> findAccountStatus(String username) {
    return find(Bulkhead.COMMON, username)
        .flatMap(
            entry -> LdapEntry.ref(entry, users.ref()).map(ref -> accountStatusOf(ref, entry)));
  }

  private static String accountStatusOf(EntityRef ref, SearchResultEntry entry) {
    return Base64.getEncoder()
        .encodeToString(Text.sha256(ref + " " + LdapEntry.normalizedDn(entry)));
  }

  /**
   * Returns the entry with the given username. Returns empty if no entry or several entries have
   * this username.
   */
  private Optional<SearchResultEntry> find(String source, String username) {
    List<SearchResultEntry> found =
        connections.searchFor(
            source,
            users.base(),
            users.usernameFilter(username),
            2,
            users.ref().placeholder(),
            users.displayNameAttribute());
    if (found.size() > 1) {
      LOG.log(
          Level.WARNING,
          "several LDAP entries have the same {0}, so users with this name cannot sign in: make"
              + " the names unique, or narrow accessTokens.login.ldap.userFilter",
          users.usernameAttribute());
    }
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  /**
   * Verifies a name and a password. The method always sends a search and a bind, so that the number
   * of requests does not reveal whether the name exists.
   *
   * @param password the password; null to reject the credential in any case
   */
  private CredentialValidationResult validate(
      String username, @Nullable String password, String source) {
    Optional<SearchResultEntry> entry = find(source, username);
    Optional<EntityRef> ref = entry.flatMap(found -> LdapEntry.ref(found, users.ref()));
    if (ref.isEmpty() || password == null) {
      connections.bindAsUnknownUser(source, users.base());
      return CredentialValidationResult.INVALID_RESULT;
    }
    if (!connections.hasPassword(source, entry.get().getDN(), password)) {
      return CredentialValidationResult.INVALID_RESULT;
    }
    // The cached state can be older, for example from before the account was enabled again.
    accountStatus.put(username, Optional.of(accountStatusOf(ref.get(), entry.get())));
    return new CredentialValidationResult(caller(ref.get(), entry.get()));
  }

  private CallerPrincipal caller(EntityRef ref, SearchResultEntry entry) {
    String displayName = entry.getAttributeValue(users.displayNameAttribute());
    return displayName == null
        ? new CallerPrincipal(ref.toString())
        : new AuthenticatedUser(ref.toString(), displayName);
  }
}
