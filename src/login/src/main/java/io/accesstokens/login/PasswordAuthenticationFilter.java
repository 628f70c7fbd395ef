package io.accesstokens.login;

import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.token.Actor;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.PermissionPolicy;
import jakarta.annotation.Priority;
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
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signs people in by HTTP Basic (RFC 7617). A good credential makes the request's principal an
 * {@link Actor.Person} whose roles are the permissions they have anywhere; a bad one is answered
 * with one uniform 401; a request without one goes on as it is.
 *
 * <p>Throws {@link NotAuthorizedException} (with its challenges), {@link ForbiddenException} (the
 * origin check failed), {@link ClientErrorException} (429, too many wrong passwords, with {@code
 * Retry-After}), {@link ServiceUnavailableException} (too many sign-ins at a time, with {@code
 * Retry-After}), and lets {@link io.accesstokens.token.DirectoryUnavailableException} through.
 */
// After the filter for raw tokens, which also refuses requests with several credentials.
@Priority(Priorities.AUTHENTICATION + 1)
public final class PasswordAuthenticationFilter implements ContainerRequestFilter {

  /** The request property that holds the client's address, if the application found one. */
  public static final String CLIENT_ADDRESS = "io.accesstokens.clientAddress";

  private final PasswordCheck passwords;
  private final GroupDirectory directory;
  private final PermissionPolicy permissions;
  private final boolean basic;
  private final OriginCheck originCheck;

  @Context private @Nullable HttpServletRequest servletRequest;

  /**
   * @param passwords checks credentials
   * @param directory knows a person's groups
   * @param permissions decides on roles
   * @param basic false: a Basic header is not looked at
   * @param originCheck for unsafe requests
   */
  public PasswordAuthenticationFilter(
      PasswordCheck passwords,
      GroupDirectory directory,
      PermissionPolicy permissions,
      boolean basic,
      OriginCheck originCheck) {
    this.passwords = passwords;
    this.directory = directory;
    this.permissions = permissions;
    this.basic = basic;
    this.originCheck = originCheck;
  }

  /** As a servlet container would have injected it. */
  PasswordAuthenticationFilter within(HttpServletRequest request) {
    this.servletRequest = request;
    return this;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    RequestInfo client = RequestInfo.of(request, servletRequest);
    List<String> authorizations = client.header(HttpHeaders.AUTHORIZATION);
    if (!basic
        || request.getSecurityContext().getUserPrincipal() != null
        || !BasicCredential.isIn(authorizations)) {
      return;
    }
    BasicCredential sent =
        BasicCredential.read(authorizations)
            .orElseThrow(() -> passwords.refusal(Reason.MALFORMED, null, client));
    PasswordCheck.Verified verified = passwords.check(sent.username(), sent.password(), client);
    if (!originCheck.passes(client)) {
      passwords.tell(Reason.FOREIGN_ORIGIN, sent.username(), client);
      throw new ForbiddenException("a browser sent this request on behalf of another site");
    }
    Actor.Person person =
        new Actor.Person(
            verified.user(),
            directory.groupsOf(verified.user()),
            verified.roles(),
            client.address());
    request.setSecurityContext(
        new PersonSecurityContext(
            person,
            permissions.permissionsOf(person),
            client.secure(),
            SecurityContext.BASIC_AUTH));
  }
}
