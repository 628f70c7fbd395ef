package io.accesstokens.login;

import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.token.Actor;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import jakarta.annotation.Priority;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.Password;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Signs people in by HTTP Basic (RFC 7617). A good credential makes the request's principal an
 * {@link Actor.Person} whose roles are the permissions they have anywhere; a bad one is answered
 * with one uniform 401; a request without one goes on as it is.
 *
 * <p>Throws {@link NotAuthorizedException} (with its challenges), {@link ForbiddenException} (the
 * origin check failed), {@link ClientErrorException} (429, too many wrong passwords, with {@code
 * Retry-After}), {@link ServiceUnavailableException} (too many sign-ins at a time, with {@code
 * Retry-After}), and lets {@link io.accesstokens.token.DirectoryUnavailable} through.
 */
// After the filter for raw tokens, which also refuses requests with several credentials.
@Priority(Priorities.AUTHENTICATION + 1)
public final class PersonAuthentication implements ContainerRequestFilter {

  /** The request property that holds the client's address, if the application found one. */
  public static final String CLIENT_ADDRESS = "io.accesstokens.clientAddress";

  private static final long RETRY_AFTER_SECONDS = 2;

  private final Function<Credential, CredentialValidationResult> identityStores;
  private final Predicate<String> isUsername;
  private final GroupDirectory directory;
  private final PermissionPolicy permissions;
  private final boolean basic;
  private final Challenges challenges;
  private final OriginCheck originCheck;
  private final SignInLimit limit;
  private final SignInListener listener;

  @Context private @Nullable HttpServletRequest servletRequest;

  /**
   * @param identityStores checks credentials: {@code IdentityStore::validate}; may throw {@link
   *     SignInUnavailable}
   * @param isUsername whether a name whose password was wrong is somebody's and may be told to the
   *     listener: {@code PeopleFile::knows}
   * @param directory knows a person's groups
   * @param permissions decides on roles
   * @param basic false: a Basic header is not looked at
   * @param originCheck for unsafe requests
   * @param limit says when too many wrong passwords were tried
   * @param listener is told of sign-ins that failed
   */
  public PersonAuthentication(
      Function<Credential, CredentialValidationResult> identityStores,
      Predicate<String> isUsername,
      GroupDirectory directory,
      PermissionPolicy permissions,
      boolean basic,
      OriginCheck originCheck,
      SignInLimit limit,
      SignInListener listener) {
    this.identityStores = identityStores;
    this.isUsername = isUsername;
    this.directory = directory;
    this.permissions = permissions;
    this.basic = basic;
    this.challenges = new Challenges(basic);
    this.originCheck = originCheck;
    this.limit = limit;
    this.listener = listener;
  }

  /** As a servlet container would have injected it. */
  PersonAuthentication within(HttpServletRequest request) {
    this.servletRequest = request;
    return this;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    List<String> authorizations = authorizations(request);
    if (!basic
        || request.getSecurityContext().getUserPrincipal() != null
        || !BasicCredential.isIn(authorizations)) {
      return;
    }
    String address = clientAddress(request);
    BasicCredential sent =
        BasicCredential.read(authorizations)
            .orElseThrow(() -> refusal(request, Reason.MALFORMED, null, address));
    try (SignInLimit.Attempt attempt = limit.begin(sent.username(), sent.password(), address)) {
      signIn(request, sent, address, attempt);
    } catch (TooManySignIns e) {
      if (e.isFirst()) {
        tell(Reason.TOO_MANY_FAILURES, sent.username(), address);
      }
      throw tooMany(e);
    } finally {
      Arrays.fill(sent.password(), '\0');
    }
  }

  private void signIn(
      ContainerRequestContext request,
      BasicCredential sent,
      @Nullable String address,
      SignInLimit.Attempt attempt) {
    CredentialValidationResult result = check(sent);
    Optional<EntityRef> verified = verified(result);
    if (verified.isEmpty()) {
      attempt.failed();
      throw refusal(request, Reason.WRONG_CREDENTIALS, sent.username(), address);
    }
    if (SamplePeople.isSample(sent.username(), sent.password())
        && !SamplePeople.isLocal(servletRequest, request.getHeaders().keySet())) {
      attempt.failed(); // like a wrong one, or it would show which it was
      throw refusal(request, Reason.SAMPLE_NOT_LOCAL, sent.username(), address);
    }
    EntityRef ref = verified.get();
    if (!originCheck.passes(request)) {
      tell(Reason.FOREIGN_ORIGIN, sent.username(), address);
      throw new ForbiddenException("a browser sent this request on behalf of another site");
    }
    Actor.Person person =
        new Actor.Person(ref, directory.groupsOf(ref), result.getCallerGroups(), address);
    request.setSecurityContext(
        new PersonSecurityContext(
            person, permissions.permissionsOf(person), request.getSecurityContext().isSecure()));
  }

  private static Optional<EntityRef> verified(CredentialValidationResult result) {
    return result.getStatus() == Status.VALID
        ? EntityRef.parseUser(result.getCallerPrincipal().getName())
        : Optional.empty();
  }

  private CredentialValidationResult check(BasicCredential sent) {
    Password password = new Password(sent.password());
    try {
      return identityStores.apply(new RequestCredential(sent.username(), password, servletRequest));
    } catch (SignInUnavailable e) {
      throw new ServiceUnavailableException("too many sign-ins at a time", RETRY_AFTER_SECONDS, e);
    } finally {
      password.clear();
    }
  }

  private NotAuthorizedException refusal(
      ContainerRequestContext request,
      Reason reason,
      @Nullable String username,
      @Nullable String address) {
    tell(reason, username, address);
    Response.ResponseBuilder response = Response.status(Response.Status.UNAUTHORIZED);
    for (String challenge : challenges.forHeaderNames(request.getHeaders().keySet())) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, challenge);
    }
    return new NotAuthorizedException("wrong credentials", response.build());
  }

  /** 429 (RFC 6585, section 4). */
  private static ClientErrorException tooMany(TooManySignIns thrown) {
    return new ClientErrorException(
        "too many wrong passwords",
        Response.status(Response.Status.TOO_MANY_REQUESTS)
            .header(HttpHeaders.RETRY_AFTER, thrown.seconds())
            .build());
  }

  private void tell(Reason reason, @Nullable String username, @Nullable String address) {
    boolean tellable = username != null && (!isGuess(reason) || isUsername.test(username));
    listener.failed(reason, tellable ? username : null, address);
  }

  /** Whether the password is not known to have been right. */
  private static boolean isGuess(Reason reason) {
    return switch (reason) {
      case MALFORMED, WRONG_CREDENTIALS, TOO_MANY_FAILURES -> true;
      case SAMPLE_NOT_LOCAL, FOREIGN_ORIGIN -> false;
    };
  }

  private @Nullable String clientAddress(ContainerRequestContext request) {
    if (request.getProperty(CLIENT_ADDRESS) instanceof String address) {
      return address;
    }
    return servletRequest == null ? null : servletRequest.getRemoteAddr();
  }

  private static List<String> authorizations(ContainerRequestContext request) {
    List<String> values = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    return values == null ? List.of() : values;
  }
}
