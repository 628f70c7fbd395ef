package io.accesstokens.login.password;

import io.accesstokens.login.Bulkhead;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.login.RequestCredential;
import io.accesstokens.login.SignInUnavailableException;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies names and passwords with the realm of the servlet container. In a valid result, the name
 * of the principal is the canonical user ref. The groups of the result are those configured roles
 * that the user has in the container.
 *
 * <p>Validates only {@link RequestCredential}s.
 */
public final class RealmIdentityStore implements IdentityStore {

  private static final Logger LOG = System.getLogger(RealmIdentityStore.class.getName());

  /**
   * Maximum time that a sign-in waits for other sign-ins. The wait is limited because a realm can
   * block, for example if its directory server does not respond.
   */
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private static final int AT_A_TIME = 32;
  private static final int WAITING = 64;

  private final EntityRefTemplate userRef;
  private final Set<String> roles;
  private final Bulkhead bulkhead = new Bulkhead(AT_A_TIME, WAITING, TIMEOUT);

  /**
   * Creates a store.
   *
   * @param userRef the template that converts a name of the realm to a user ref
   * @param roles the names of the roles that the store looks up in the container
   */
  public RealmIdentityStore(EntityRefTemplate userRef, Set<String> roles) {
    this.userRef = userRef;
    this.roles = Set.copyOf(roles);
  }

  /** Returns both validation types, because the store validates credentials and provides groups. */
  @Override
  public Set<ValidationType> validationTypes() {
    return EnumSet.of(ValidationType.VALIDATE, ValidationType.PROVIDE_GROUPS);
  }

  /**
   * Verifies a credential.
   *
   * @throws SignInUnavailableException if the credential cannot be verified in time
   */
  @Override
  public CredentialValidationResult validate(Credential credential) {
    if (!(credential instanceof RequestCredential sent)) {
      return CredentialValidationResult.NOT_VALIDATED_RESULT;
    }
    HttpServletRequest request = sent.request();
    return request == null
        ? CredentialValidationResult.INVALID_RESULT
        : bulkhead.run(RequestCredential.sourceOf(sent), () -> validate(sent, request));
  }

  private CredentialValidationResult validate(RequestCredential sent, HttpServletRequest request) {
    try {
      request.login(sent.getCaller(), sent.getPasswordAsString());
    } catch (ServletException e) {
      // Containers throw the same exception for a wrong password and for an unavailable realm.
      return CredentialValidationResult.INVALID_RESULT;
    }
    try {
      return signedIn(request);
    } finally {
      logout(request);
    }
  }

  private CredentialValidationResult signedIn(HttpServletRequest request) {
    @Nullable Principal principal = request.getUserPrincipal();
    Set<String> groups = RealmGroups.ofCaller();
    return userRef
        .of(principal == null ? "" : principal.getName())
        .map(
            ref ->
                new CredentialValidationResult(
                    ref.toString(),
                    roles.stream()
                        .filter(role -> groups.contains(role) || request.isUserInRole(role))
                        .collect(Collectors.toSet())))
        .orElse(CredentialValidationResult.INVALID_RESULT);
  }

  /**
   * Signs the user out of the container, so that no later step of the request uses the container's
   * authentication.
   */
  private static void logout(HttpServletRequest request) {
    try {
      request.logout();
    } catch (ServletException e) {
      LOG.log(Level.WARNING, "the container did not sign a user out", e);
    }
  }
}
