package io.accesstokens.login.session;

import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.login.password.PasswordVerifier;
import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.session.Session;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.Violation;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /access-tokens/session/reauthentication}: verifies the password of a signed-in user again.
 * The session gets a new key and a new sign-in time.
 */
@Path(SessionResource.PATH + "/reauthentication")
@Tag(name = "Sessions")
@CommonErrors
public final class ReauthenticationResource extends BaseSignInResource {

  private static final String PASSWORD = "password";

  private final BrowserSessions sessions;
  private final PasswordVerifier passwordVerifier;

  /**
   * Creates the resource.
   *
   * @param passwordVerifier verifies the password, with the same limits as for every sign-in
   */
  public ReauthenticationResource(BrowserSessions sessions, PasswordVerifier passwordVerifier) {
    this.sessions = sessions;
    this.passwordVerifier = passwordVerifier;
  }

  /** Verifies the password and gives the session a new key. */
  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(
      operationId = "reauthenticate",
      summary = "Sign in again by password, within the current session",
      description =
          "The session gets a new key, and the time of this sign-in counts as its signedInAt. Not"
              + " within a host's application.")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = ReauthenticationRequest.class)))
  @ApiResponse(responseCode = "204", description = "The cookie contains the session's new key")
  @BodyErrors
  public Response signInAgain(@Parameter(hidden = true) InputStream body) {
    return respond(
        () -> {
          RequestInfo requestInfo = requestInfo("POST");
          BrowserSessions.ValidSession current =
              sessions
                  .find(requestInfo)
                  .orElseThrow(() -> passwordVerifier.unauthenticated(requestInfo));
          Session session = current.keyedSession().session();
          sessions.requireOwnPage(session, requestInfo);
          char[] password = password(JsonBody.read(headers, body), session.signIn().loginMethod());
          BrowserSessions.ValidSession renewed = renewed(current, password, requestInfo);
          Response.ResponseBuilder response = Response.noContent();
          sessions
              .cookiesOf(renewed, requestInfo)
              .forEach(cookie -> response.header(HttpHeaders.SET_COOKIE, cookie));
          return response.build();
        });
  }

  private static char[] password(JsonBody body, Session.LoginMethod loginMethod) {
    if (loginMethod != Session.LoginMethod.PASSWORD) {
      throw new InvalidRequestException(
          List.of(
              new Violation(
                  PASSWORD,
                  "must not be sent for a session of a provider; sign in at the provider again")));
    }
    String password = body.string(PASSWORD);
    List<Violation> violations = new ArrayList<>(body.violations());
    if (password == null && violations.isEmpty()) {
      violations.add(new Violation(PASSWORD, "is required"));
    }
    if (password == null || !violations.isEmpty()) {
      throw new InvalidRequestException(violations);
    }
    return password.toCharArray();
  }

  private BrowserSessions.ValidSession renewed(
      BrowserSessions.ValidSession current, char[] password, RequestInfo requestInfo) {
    String username = current.keyedSession().session().signIn().username();
    PasswordVerifier.VerifiedUser verified =
        passwordVerifier.verify(username, password, requestInfo);
    // The username may belong to another user now.
    if (!verified.user().equals(current.person().ref())) {
      throw passwordVerifier.refusal(Reason.WRONG_CREDENTIALS, username, requestInfo);
    }
    return sessions
        .accountStatus(Session.LoginMethod.PASSWORD, username)
        .flatMap(
            accountStatus ->
                sessions.renew(
                    current,
                    requestInfo,
                    null,
                    key -> PasswordSignIn.of(verified, username, accountStatus)))
        .orElseThrow(() -> passwordVerifier.unauthenticated(requestInfo));
  }

  /** The body of the request. */
  @Schema(
      name = "Reauthentication",
      example = "{\"password\": \"alice\"}",
      description = "The password of the session's user")
  record ReauthenticationRequest(@Schema(format = PASSWORD) String password) {

    /** Returns a text without the password. */
    @Override
    public String toString() {
      return "ReauthenticationRequest[redacted]";
    }
  }
}
