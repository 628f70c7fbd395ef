package io.accesstokens.login.password;

import io.accesstokens.login.AuthenticatedUser;
import io.accesstokens.login.Challenges;
import io.accesstokens.login.RequestCredential;
import io.accesstokens.login.SignInListener;
import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.login.TooManySignInsException;
import io.accesstokens.session.Session;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.IpAddress;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.Password;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a username and a password, for HTTP Basic and for sessions. Limits the number of wrong
 * passwords, and calls the identity store. Accepts the credentials of sample users only over
 * loopback.
 */
public final class PasswordVerifier {

  private static final long RETRY_AFTER_SECONDS = 2;

  private final Function<Credential, CredentialValidationResult> identityStores;
  private final Predicate<String> isUsername;
  private final Challenges challenges;
  private final SignInLimit limit;
  private final SignInListener listener;

  /**
   * Creates a password verifier.
   *
   * @param identityStores verifies credentials, for example {@code IdentityStore::validate}; may
   *     throw {@link SignInUnavailableException}
   * @param isUsername returns true if a text is the username of a known user, for example {@code
   *     UsersFile::knows}. The listener receives only such usernames
   * @param challenges the challenges of a 401 response
   * @param limit limits the number of wrong passwords
   * @param listener receives failed sign-ins
   */
  public PasswordVerifier(
      Function<Credential, CredentialValidationResult> identityStores,
      Predicate<String> isUsername,
      Challenges challenges,
      SignInLimit limit,
      SignInListener listener) {
    this.identityStores = identityStores;
    this.isUsername = isUsername;
    this.challenges = challenges;
    this.limit = limit;
    this.listener = listener;
  }

  /**
   * A user whose password was verified.
   *
   * @param displayName the display name; null if the identity store returns none
   * @param roles the roles of the user in the realm of the servlet container; empty for other
   *     identity stores
   * @param sample true if the username, in any spelling, and the password are the public credential
   *     of a sample user
   */
  public record VerifiedUser(
      EntityRef user, @Nullable String displayName, Set<String> roles, boolean sample) {}

  /**
   * Verifies a username and a password.
   *
   * @param password the password; wiped when this method returns
   * @throws NotAuthorizedException if the credential is not valid
   * @throws ClientErrorException (429, with {@code Retry-After}) if too many wrong passwords were
   *     tried
   * @throws ServiceUnavailableException (with {@code Retry-After}) if the credential cannot be
   *     verified in time, for example because of too many concurrent verifications
   */
  public VerifiedUser verify(String username, char[] password, RequestInfo requestInfo) {
    try (SignInLimit.Attempt attempt =
        limit.startAttempt(username, password, requestInfo.address())) {
      return verify(username, password, requestInfo, attempt);
    } catch (TooManySignInsException e) {
      if (e.isFirst()) {
        report(Reason.TOO_MANY_FAILURES, username, requestInfo);
      }
      listener.limited(requestInfo.address());
      throw tooMany(e);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private VerifiedUser verify(
      String username, char[] password, RequestInfo requestInfo, SignInLimit.Attempt attempt) {
    CredentialValidationResult result = validate(username, password, requestInfo);
    Optional<EntityRef> verified =
        result.getStatus() == Status.VALID
            ? EntityRef.parseUser(result.getCallerPrincipal().getName())
            : Optional.empty();
    if (verified.isEmpty()) {
      attempt.reportWrongPassword();
      throw refusal(Reason.WRONG_CREDENTIALS, username, requestInfo);
    }
    boolean sample = SampleUsers.isSample(username, password);
    if (sample && !requestInfo.isLocal()) {
      // Otherwise the limit would reveal that the password is right.
      attempt.reportWrongPassword();
      throw refusal(Reason.SAMPLE_NOT_LOCAL, username, requestInfo);
    }
    String displayName =
        result.getCallerPrincipal() instanceof AuthenticatedUser caller
            ? caller.displayName()
            : null;
    return new VerifiedUser(verified.get(), displayName, result.getCallerGroups(), sample);
  }

  private CredentialValidationResult validate(
      String username, char[] typed, RequestInfo requestInfo) {
    Password password = new Password(typed);
    try {
      return identityStores.apply(
          new RequestCredential(
              username,
              password,
              requestInfo.servletRequest(),
              IpAddress.networkOf(requestInfo.address())));
    } catch (SignInUnavailableException e) {
      throw new ServiceUnavailableException("too many sign-ins at a time", RETRY_AFTER_SECONDS, e);
    } finally {
      password.clear();
    }
  }

  /**
   * Reports a failed sign-in to the listener and returns the exception for the client. The
   * exception is the same for every reason. Only the listener receives the reason.
   */
  public NotAuthorizedException refusal(
      Reason reason, @Nullable String username, RequestInfo requestInfo) {
    report(reason, username, requestInfo);
    return unauthorized("wrong credentials", requestInfo);
  }

  /**
   * Returns the 401 exception for a request without a credential, if the resource needs a user.
   * Reports nothing to the listener, because no sign-in failed.
   */
  public NotAuthorizedException unauthenticated(RequestInfo requestInfo) {
    return unauthorized("no user is signed in", requestInfo);
  }

  private NotAuthorizedException unauthorized(String message, RequestInfo requestInfo) {
    Response.ResponseBuilder response = Response.status(Response.Status.UNAUTHORIZED);
    for (String challenge : challenges.forRequest(requestInfo.headers())) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, challenge);
    }
    return new NotAuthorizedException(message, response.build());
  }

  /** Returns the exception for the status 429 (RFC 6585, section 4). */
  private static ClientErrorException tooMany(TooManySignInsException thrown) {
    return new ClientErrorException(
        "too many wrong passwords",
        Response.status(Response.Status.TOO_MANY_REQUESTS)
            .header(HttpHeaders.RETRY_AFTER, thrown.seconds())
            .build());
  }

  void report(Reason reason, @Nullable String username, RequestInfo requestInfo) {
    boolean loggable = username != null && (!isGuess(reason) || isUsername.test(username));
    listener.failed(
        Session.LoginMethod.PASSWORD, reason, loggable ? username : null, requestInfo.address());
  }

  /**
   * Returns false if the password was right but the sign-in failed for another reason. Returns true
   * if the password may have been wrong.
   */
  private static boolean isGuess(Reason reason) {
    return switch (reason) {
      case MALFORMED, WRONG_CREDENTIALS, TOO_MANY_FAILURES -> true;
      case SAMPLE_NOT_LOCAL, FOREIGN_ORIGIN, DENIED_BY_PROVIDER, INVALID_PROVIDER_RESPONSE -> false;
    };
  }
}
