package io.accesstokens.login.password;

import io.accesstokens.http.caller.OriginCheck;
import io.accesstokens.http.problem.ForbiddenRequestException;
import io.accesstokens.login.PersonSecurityContext;
import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.token.Actor;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.policy.PermissionPolicy;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates users by HTTP Basic (RFC 7617).
 *
 * <ul>
 *   <li>A valid credential sets the principal of the request to an {@link Actor.Person}. The roles
 *       of the person are the permissions that the person has, even if only on some groups.
 *   <li>Every invalid credential gets the same 401.
 *   <li>A request without a Basic credential continues unchanged.
 * </ul>
 *
 * <p>Throws these exceptions:
 *
 * <ul>
 *   <li>{@link NotAuthorizedException} (401, with challenges) if the credential is not valid.
 *   <li>{@link ForbiddenRequestException} (403) if the origin check fails.
 *   <li>{@link ClientErrorException} (429, with {@code Retry-After}) after too many wrong
 *       passwords.
 *   <li>{@link ServiceUnavailableException} (503, with {@code Retry-After}) if the credential
 *       cannot be verified in time, for example because of too many concurrent sign-ins.
 * </ul>
 *
 * <p>Does not catch {@link io.accesstokens.token.directory.DirectoryUnavailableException}.
 */
// Runs after the filter for raw tokens, which also rejects requests with several credentials.
@Priority(Priorities.AUTHENTICATION + 1)
public final class PasswordAuthenticationFilter implements ContainerRequestFilter {

  /**
   * The name of the request property with the client address. The property is absent if the
   * application has not determined the address.
   */
  public static final String CLIENT_ADDRESS = "io.accesstokens.clientAddress";

  private final PasswordVerifier passwordVerifier;
  private final GroupDirectory directory;
  private final PermissionPolicy permissions;
  private final boolean basic;
  private final OriginCheck originCheck;

  @Context private @Nullable HttpServletRequest servletRequest;

  /**
   * Creates a filter.
   *
   * @param passwordVerifier verifies credentials
   * @param directory returns the groups of a user
   * @param permissions computes the roles of a user
   * @param basic true to authenticate users by Basic; false to ignore Basic credentials
   * @param originCheck checks unsafe requests
   */
  public PasswordAuthenticationFilter(
      PasswordVerifier passwordVerifier,
      GroupDirectory directory,
      PermissionPolicy permissions,
      boolean basic,
      OriginCheck originCheck) {
    this.passwordVerifier = passwordVerifier;
    this.directory = directory;
    this.permissions = permissions;
    this.basic = basic;
    this.originCheck = originCheck;
  }

  /**
   * Sets the servlet request and returns this filter. In a servlet container, the container injects
   * the servlet request instead.
   */
  PasswordAuthenticationFilter within(HttpServletRequest request) {
    this.servletRequest = request;
    return this;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getSecurityContext().getUserPrincipal() == null) {
      authenticate(RequestInfo.of(request, servletRequest)).ifPresent(request::setSecurityContext);
    }
  }

  /**
   * Authenticates the user of a request, as the filter does. A servlet calls this method to respond
   * without Jakarta REST.
   *
   * @return the user; empty, without any effect, if the request has no Basic credential, or if this
   *     filter ignores Basic credentials
   */
  public Optional<SecurityContext> authenticate(RequestInfo requestInfo) {
    List<String> authorizations = requestInfo.header(HttpHeaders.AUTHORIZATION);
    if (!basic || !BasicCredential.isIn(authorizations)) {
      return Optional.empty();
    }
    BasicCredential sent =
        BasicCredential.read(authorizations)
            .orElseThrow(() -> passwordVerifier.refusal(Reason.MALFORMED, null, requestInfo));
    PasswordVerifier.VerifiedUser verified =
        passwordVerifier.verify(sent.username(), sent.password(), requestInfo);
    if (!originCheck.passes(requestInfo.method(), requestInfo.headers(), requestInfo.uri())) {
      passwordVerifier.report(Reason.FOREIGN_ORIGIN, sent.username(), requestInfo);
      throw OriginCheck.refusal();
    }
    Actor.Person person =
        new Actor.Person(
            verified.user(),
            directory.groupsOf(verified.user()),
            verified.roles(),
            requestInfo.address());
    return Optional.of(
        new PersonSecurityContext(
            person, permissions, requestInfo.secure(), SecurityContext.BASIC_AUTH));
  }
}
