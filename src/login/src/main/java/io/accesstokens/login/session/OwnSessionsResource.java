package io.accesstokens.login.session;

import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.ForbiddenRequestException;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.token.Actor;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * {@code /access-tokens/sessions}: lists and ends the sessions of the caller. Only users can call
 * this resource, and tokens cannot.
 */
@Path("access-tokens/sessions")
@Tag(name = "Sessions")
@CommonErrors
public final class OwnSessionsResource extends BaseSignInResource {

  private static final Pattern ID_FORM =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final OwnSessions own;
  private final BrowserSessions sessions;

  /**
   * Creates the resource.
   *
   * @param sessions removes the session cookie when the caller ends the session of the request
   */
  public OwnSessionsResource(OwnSessions own, BrowserSessions sessions) {
    this.own = own;
    this.sessions = sessions;
  }

  private Actor.Person caller() {
    if (security.getUserPrincipal() instanceof Actor.Person person) {
      return person;
    }
    throw new ForbiddenRequestException(
        "a token has no sessions: only a user can send this request");
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed("**")
  @Operation(
      operationId = "listSessions",
      summary = "Where the caller is signed in",
      description = "For users, not for tokens. Not within a host's application.")
  @ApiResponse(
      responseCode = "200",
      description = "The caller's sessions",
      content = @Content(schema = @Schema(implementation = OwnSessionsResponse.class)))
  public ResponseBody list() {
    return respond(
        () -> {
          Actor.Person caller = caller();
          return OwnSessionsResponse.of(own.of(caller), caller.sessionId());
        });
  }

  @DELETE
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed("**")
  @Operation(
      operationId = "endOtherSessions",
      summary = "End all sessions of the caller except that of the request",
      description = "For users, not for tokens. Not within a host's application.")
  @ApiResponse(responseCode = "204", description = "The sessions have ended on all replicas")
  public Response endOthers() {
    return respond(
        () -> {
          own.endOthers(caller(), requestInfo("DELETE"));
          return Response.noContent().build();
        });
  }

  @DELETE
  @Path("{id}")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed("**")
  @Operation(
      operationId = "endSession",
      summary = "End one session of the caller",
      description =
          "For users, not for tokens. An OpenID provider is not notified. Not within"
              + " a host's application.")
  @ApiResponse(responseCode = "204", description = "The session has ended on all replicas")
  @ApiResponse(responseCode = "404", description = "The caller has no session with that id")
  public Response end(@PathParam("id") String id) {
    return respond(
        () -> {
          Actor.Person caller = caller();
          RequestInfo requestInfo = requestInfo("DELETE");
          if (!ID_FORM.matcher(id).matches()
              || !own.end(caller, UUID.fromString(id), requestInfo)) {
            throw new NotFoundException();
          }
          Response.ResponseBuilder response = Response.noContent();
          if (UUID.fromString(id).equals(caller.sessionId())) {
            sessions
                .noCookies(requestInfo)
                .forEach(cookie -> response.header(HttpHeaders.SET_COOKIE, cookie));
          }
          return response.build();
        });
  }
}
