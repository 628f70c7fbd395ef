package io.accesstokens.login;

import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.verify.EntityRef;
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
 * Checks a name and a password, however they came: within the limit of guesses, by the identity
 * store, and those of the sample over loopback only.
 */
public final class PasswordCheck {

  private static final long RETRY_AFTER_SECONDS = 2;

  private final Function<Credential, CredentialValidationResult> identityStores;
  private final Predicate<String> isUsername;
  private final Challenges challenges;
  private final SignInLimit limit;
  private final SignInListener listener;

  /**
   * @param identityStores checks credentials: {@code IdentityStore::validate}; may throw {@link
   *     SignInUnavailableException}
   * @param isUsername whether a name whose password was wrong is somebody's and may be told to the
   *     listener: {@code UsersFile::knows}
   * @param challenges of a refusal
   * @param limit says when too many wrong passwords were tried
   * @param listener is told of sign-ins that failed
   */
  public PasswordCheck(
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
   * Somebody whose password was right.
   *
   * @param displayName how to address them; null if whoever checked does not know
   * @param roles those of a servlet container that somebody asked for
   * @param sample whether everybody knows that password
   */
  record Verified(
      EntityRef user, @Nullable String displayName, Set<String> roles, boolean sample) {}

  /**
   * Checks them.
   *
   * @param password wiped when this returns
   * @throws NotAuthorizedException if they are not good
   * @throws ClientErrorException (429, with {@code Retry-After}) if too many were tried
   * @throws ServiceUnavailableException (with {@code Retry-After}) if too many are being checked
   */
  Verified check(String username, char[] password, RequestInfo client) {
    try (SignInLimit.Attempt attempt = limit.begin(username, password, client.address())) {
      return check(username, password, client, attempt);
    } catch (TooManySignInsException e) {
      if (e.isFirst()) {
        tell(Reason.TOO_MANY_FAILURES, username, client);
      }
      throw tooMany(e);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private Verified check(
      String username, char[] password, RequestInfo client, SignInLimit.Attempt attempt) {
    CredentialValidationResult result = validate(username, password, client);
    Optional<EntityRef> verified =
        result.getStatus() == Status.VALID
            ? EntityRef.parseUser(result.getCallerPrincipal().getName())
            : Optional.empty();
    if (verified.isEmpty()) {
      attempt.failed();
      throw refusal(Reason.WRONG_CREDENTIALS, username, client);
    }
    boolean sample = SamplePeople.isSample(username, password);
    if (sample && !client.isLocal()) {
      attempt.failed(); // like a wrong one, or it would show which it was
      throw refusal(Reason.SAMPLE_NOT_LOCAL, username, client);
    }
    String displayName =
        result.getCallerPrincipal() instanceof AuthenticatedUser caller
            ? caller.displayName()
            : null;
    return new Verified(verified.get(), displayName, result.getCallerGroups(), sample);
  }

  private CredentialValidationResult validate(String username, char[] typed, RequestInfo client) {
    Password password = new Password(typed);
    try {
      return identityStores.apply(
          new RequestCredential(
              username, password, client.servletRequest(), limit.sourceOf(client.address())));
    } catch (SignInUnavailableException e) {
      throw new ServiceUnavailableException("too many sign-ins at a time", RETRY_AFTER_SECONDS, e);
    } finally {
      password.clear();
    }
  }

  /** One and the same, whatever was wrong; only the listener is told. */
  NotAuthorizedException refusal(Reason reason, @Nullable String username, RequestInfo client) {
    tell(reason, username, client);
    return unauthorized("wrong credentials", client);
  }

  /** For a request that needs a person and has none; nobody has tried anything. */
  NotAuthorizedException strangerTo(RequestInfo client) {
    return unauthorized("nobody is signed in", client);
  }

  private NotAuthorizedException unauthorized(String message, RequestInfo client) {
    Response.ResponseBuilder response = Response.status(Response.Status.UNAUTHORIZED);
    for (String challenge : challenges.forRequest(client.headers())) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, challenge);
    }
    return new NotAuthorizedException(message, response.build());
  }

  /** 429 (RFC 6585, section 4). */
  private static ClientErrorException tooMany(TooManySignInsException thrown) {
    return new ClientErrorException(
        "too many wrong passwords",
        Response.status(Response.Status.TOO_MANY_REQUESTS)
            .header(HttpHeaders.RETRY_AFTER, thrown.seconds())
            .build());
  }

  void tell(Reason reason, @Nullable String username, RequestInfo client) {
    boolean tellable = username != null && (!isGuess(reason) || isUsername.test(username));
    listener.failed(reason, tellable ? username : null, client.address());
  }

  /** Whether the password is not known to have been right. */
  private static boolean isGuess(Reason reason) {
    return switch (reason) {
      case MALFORMED, WRONG_CREDENTIALS, TOO_MANY_FAILURES -> true;
      case SAMPLE_NOT_LOCAL, FOREIGN_ORIGIN -> false;
    };
  }
}
