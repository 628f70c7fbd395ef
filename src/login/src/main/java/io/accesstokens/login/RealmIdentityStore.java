package io.accesstokens.login;

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
 * Lets the servlet container check names and passwords against its own realm, by rule 9 of the
 * package's documentation. The name of a valid result's principal is the canonical user ref; its
 * groups are those roles of the container that were asked for.
 *
 * <p>Any other credential than a {@link RequestCredential} is not validated here.
 */
public final class RealmIdentityStore implements IdentityStore {

  private static final Logger LOG = System.getLogger(RealmIdentityStore.class.getName());

  /** A realm may be a directory server that hangs. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final int AT_A_TIME = 32;
  private static final int WAITING = 64;

  private final EntityRefTemplate userRef;
  private final Set<String> roles;
  private final Bulkhead bulkhead = new Bulkhead(AT_A_TIME, WAITING, PATIENCE);

  /**
   * @param userRef says who somebody of the realm is
   * @param roles the names of the roles to ask for
   */
  public RealmIdentityStore(EntityRefTemplate userRef, Set<String> roles) {
    this.userRef = userRef;
    this.roles = Set.copyOf(roles);
  }

  /** Validates, and gives the roles along. */
  @Override
  public Set<ValidationType> validationTypes() {
    return EnumSet.of(ValidationType.VALIDATE, ValidationType.PROVIDE_GROUPS);
  }

  /**
   * Checks a credential.
   *
   * @throws SignInUnavailableException if that cannot be done in time
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
      // Containers tell a wrong password and a realm that is out of order in one way.
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

  /** What comes later in this request is not the container's business. */
  private static void logout(HttpServletRequest request) {
    try {
      request.logout();
    } catch (ServletException e) {
      LOG.log(Level.WARNING, "the container did not log a person out", e);
    }
  }
}
