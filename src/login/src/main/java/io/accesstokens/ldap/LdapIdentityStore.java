package io.accesstokens.ldap;

import com.github.benmanes.caffeine.cache.Ticker;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.accesstokens.login.AuthenticatedUser;
import io.accesstokens.login.Bulkhead;
import io.accesstokens.login.PreparedPassword;
import io.accesstokens.login.RequestCredential;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.token.DirectoryUnavailableException;
import io.accesstokens.token.UserDirectory;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.LogLimit;
import jakarta.security.enterprise.CallerPrincipal;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks names and passwords against an LDAP server: looks the person up, then binds as that entry.
 * The name of a valid result's principal is the canonical user ref; it has no groups, which a group
 * directory knows.
 *
 * <p>Any other credential than a {@link UsernamePasswordCredential} (and what extends it) is not
 * validated here.
 */
public final class LdapIdentityStore implements IdentityStore {

  private static final Logger LOG = System.getLogger(LdapIdentityStore.class.getPackageName());
  private static final LogLimit LOG_LIMIT = new LogLimit(5);

  /** The longest username in UTF-16 units; a bound, not a policy. */
  private static final int MAX_LENGTH = 255;

  private final LdapConnections connections;
  private final LdapUserDirectory people;
  private final LdapCache<String, Optional<String>> standings;
  private final LdapCache<EntityRef, Boolean> presences;

  /** A store over those people; the connections are not its own to close. */
  public LdapIdentityStore(LdapConnections connections, LdapUserDirectory people) {
    this.connections = connections;
    this.people = people;
    this.standings =
        new LdapCache<>(people.remembered(), this::findStanding, Ticker.systemTicker());
    this.presences = new LdapCache<>(people.remembered(), this::isThere, Ticker.systemTicker());
  }

  /** Validates, and leaves groups to others. */
  @Override
  public Set<ValidationType> validationTypes() {
    return EnumSet.of(ValidationType.VALIDATE);
  }

  /**
   * Checks a credential.
   *
   * @throws SignInUnavailableException if that cannot be done in time
   */
  @Override
  public CredentialValidationResult validate(Credential credential) {
    return credential instanceof UsernamePasswordCredential typed
        ? validate(typed, true)
        : CredentialValidationResult.NOT_VALIDATED_RESULT;
  }

  /**
   * Does what {@link #validate} does for a wrong password, without sending the password: for a name
   * that another store knows, so that the work does not tell where a name is known.
   *
   * @throws SignInUnavailableException if that cannot be done in time
   */
  public void refuse(UsernamePasswordCredential typed) {
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
    // Nothing is prepared of an empty password: it would be an anonymous bind, which succeeds.
    try (PreparedPassword password =
        PreparedPassword.of(typed.getPassword().getValue()).orElse(null)) {
      return password == null
          ? CredentialValidationResult.INVALID_RESULT
          : validate(
              Normalizer.normalize(username, Normalizer.Form.NFC),
              mayPass ? new String(password.characters()) : null,
              RequestCredential.sourceOf(typed));
    } catch (LdapUnavailableException e) {
      LOG_LIMIT.log(LOG, Level.WARNING, "nobody of LDAP can sign in: " + e.getMessage());
      throw new SignInUnavailableException("the LDAP server does not answer");
    }
  }

  /**
   * What the directory says of somebody, as a text that shows nothing of it: another one when the
   * name has become somebody else's. Relied on for a while.
   *
   * @return empty if nobody can sign in by that name
   * @throws DirectoryUnavailableException if it cannot be found out now
   */
  public Optional<String> standing(String username) {
    try {
      return standings.get(Normalizer.normalize(username, Normalizer.Form.NFC));
    } catch (LdapUnavailableException e) {
      throw new DirectoryUnavailableException(
          "it cannot be found out whether somebody still is there", e);
    }
  }

  /** Whether somebody is in the directory and may sign in. Relied on for a while. */
  public UserDirectory.Presence presence(EntityRef user) {
    try {
      return presences.get(user) ? UserDirectory.Presence.PRESENT : UserDirectory.Presence.GONE;
    } catch (LdapUnavailableException e) {
      LOG_LIMIT.log(
          LOG, Level.WARNING, "whether somebody is still there is not known: " + e.getMessage());
      return UserDirectory.Presence.UNKNOWN;
    }
  }

  private boolean isThere(EntityRef user) {
    return people.whoIs(user).stream()
        .flatMap(who -> connections.search(people.base(), who, 50, attribute()).stream())
        .anyMatch(entry -> LdapEntry.ref(entry, people.ref()).filter(user::equals).isPresent());
  }

  private String attribute() {
    return people.ref().placeholder();
  }

  private Optional<String> findStanding(String username) {
    return find(Bulkhead.COMMON, username)
        .flatMap(
            entry ->
                LdapEntry.ref(entry, people.ref())
                    .map(ref -> hash(ref + " " + LdapEntry.normalizedDn(entry))));
  }

  private static String hash(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The one entry that is called so. */
  private Optional<SearchResultEntry> find(String source, String username) {
    List<SearchResultEntry> found =
        connections.searchFor(
            source,
            people.base(),
            people.named(username),
            2,
            people.ref().placeholder(),
            people.displayNameAttribute());
    if (found.size() > 1) {
      LOG.log(
          Level.WARNING,
          "several entries of LDAP have one and the same {0}, so none of them can sign in by it",
          people.usernameAttribute());
    }
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  /**
   * Sends a search and a bind, whether or not the name exists.
   *
   * @param password null if the credential is refused anyway
   */
  private CredentialValidationResult validate(
      String username, @Nullable String password, String source) {
    Optional<SearchResultEntry> entry = find(source, username);
    Optional<EntityRef> ref = entry.flatMap(found -> LdapEntry.ref(found, people.ref()));
    if (ref.isEmpty() || password == null) {
      connections.refuse(source, people.base());
      return CredentialValidationResult.INVALID_RESULT;
    }
    return connections.hasPassword(source, entry.get().getDN(), password)
        ? new CredentialValidationResult(caller(ref.get(), entry.get()))
        : CredentialValidationResult.INVALID_RESULT;
  }

  private CallerPrincipal caller(EntityRef ref, SearchResultEntry entry) {
    String displayName = entry.getAttributeValue(people.displayNameAttribute());
    return displayName == null
        ? new CallerPrincipal(ref.toString())
        : new AuthenticatedUser(ref.toString(), displayName);
  }
}
