package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.input.PageQueryParameters;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.input.RequestSchemas;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.UnknownTokenError;
import io.accesstokens.http.response.PersonalTokenResponses;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.query.TokenUserQuery;
import io.accesstokens.token.revocation.UserRevocationRequest;
import io.accesstokens.token.service.UserTokenAdministration;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * {@code /access-tokens/user-tokens}: lets administrators list and revoke the personal tokens of
 * any user, and list the users who have tokens.
 */
@Path("access-tokens/user-tokens")
@Tag(name = "Personal tokens")
@RolesAllowed(Permissions.USER_ADMIN)
@CommonErrors
public class UserTokensResource extends BaseResource {

  private UserTokenAdministration administration() {
    return personal().administration();
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(operationId = "listUserTokens", summary = "List a user's tokens, newest first")
  @Parameter(
      name = "userEntityRef",
      in = ParameterIn.QUERY,
      required = true,
      example = "user:default/dave",
      description = "The user whose tokens are listed, in any spelling",
      schema = @Schema(type = "string"))
  @Parameter(ref = "status")
  @PageQueryParameters
  @ApiResponse(
      responseCode = "200",
      description = "A page; empty if the user has no tokens or does not exist",
      useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", ref = "PersonalTokensDisabled")
  public PersonalTokenResponses.TokenList list(@Context UriInfo uri) {
    return respond(
        () -> {
          UserTokenAdministration tokens = administration();
          QueryParameters query = QueryParameters.of(uri.getRequestUri());
          Optional<EntityRef> user = query.requiredUser();
          Optional<TokenStatus> status = query.status();
          int limit = query.limit();
          int offset = query.offset();
          query.check();
          Instant now = tokenService().now();
          PersonalTokenQuery tokenQuery =
              new PersonalTokenQuery(user.orElseThrow(), status, offset, limit);
          return PersonalTokenResponses.TokenList.forAdministrator(
              tokens.list(Callers.actor(security), tokenQuery, now), now, limit, offset);
        });
  }

  @GET
  @Path("users")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "listTokenUsers",
      summary = "List the users with live personal tokens, in the order of their refs")
  @Parameter(
      name = "q",
      in = ParameterIn.QUERY,
      description =
          "Only users whose ref contains this text in any case, or who have a token with exactly"
              + " this prefix",
      schema = @Schema(type = "string", maxLength = TokenUserQuery.MAX_TEXT))
  @Parameter(
      name = "gone",
      in = ParameterIn.QUERY,
      description =
          "With true, only users who have left or are locked out, as far as the directory reports"
              + " it. A page can then have fewer users than limit, although next is present",
      schema = @Schema(type = "boolean", defaultValue = "false"))
  @Parameter(
      name = "limit",
      in = ParameterIn.QUERY,
      description = "The maximum number of users",
      schema = @Schema(type = "integer", minimum = "0", maximum = "500", defaultValue = "50"))
  @Parameter(
      name = "after",
      in = ParameterIn.QUERY,
      description = "The value of next of the previous page",
      schema = @Schema(type = "string"))
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", ref = "PersonalTokensDisabled")
  public PersonalTokenResponses.UserList users(@Context UriInfo uri) {
    return respond(
        () -> {
          UserTokenAdministration tokens = administration();
          QueryParameters parameters = QueryParameters.of(uri.getRequestUri());
          boolean gone = parameters.flag("gone");
          TokenUserQuery query = parameters.userQuery();
          Actor actor = Callers.actor(security);
          Instant now = tokenService().now();
          return gone
              ? PersonalTokenResponses.UserList.of(
                  tokens.goneUsers(actor, query, now), null, query.limit())
              : PersonalTokenResponses.UserList.of(
                  tokens.users(actor, query, now),
                  tokens.countUsers(actor, query, now),
                  query.limit());
        });
  }

  /** Ends the browser sessions of a user, and revokes all live personal tokens of the user. */
  @POST
  @Path("revoke")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "revokeUserTokens",
      summary = "Revoke all live tokens of a user permanently",
      description =
          "Ends all sessions of the user at this service first, except the session of the request."
              + " Within a host's application, sessions do not end.")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = RequestSchemas.UserRevocation.class)))
  @ApiResponse(
      responseCode = "200",
      description =
          "No verifier accepts a token that the user created before this response, including those"
              + " that were revoked before",
      useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", ref = "PersonalTokensDisabled")
  @BodyErrors
  public PersonalTokenResponses.RevokedTokens revokeAll(
      @Parameter(hidden = true) InputStream body) {
    return respond(
        () -> {
          UserTokenAdministration tokens = administration();
          UserRevocationRequest request =
              RequestSchemas.userRevocation(JsonBody.read(headers, body));
          UserTokenAdministration.RevokedUser revoked =
              tokens.revokeAll(Callers.actor(security), request);
          return new PersonalTokenResponses.RevokedTokens(
              revoked.user().toString(), revoked.tokens().stream().map(UUID::toString).toList());
        });
  }

  @GET
  @Path("{id}")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(operationId = "getUserToken", summary = "Get a token of any user")
  @ApiResponse(responseCode = "200", description = "The token", useReturnTypeSchema = true)
  @UnknownTokenError
  public PersonalTokenResponses.Token get(@PathParam("id") String id) {
    return respond(
        () ->
            PersonalTokenResponses.Token.forAdministrator(
                administration().get(Callers.actor(security), tokenId(id)), tokenService().now()));
  }

  @DELETE
  @Path("{id}")
  @Operation(operationId = "revokeUserToken", summary = "Revoke a token of any user permanently")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = RequestSchemas.Revocation.class)))
  @ApiResponse(
      responseCode = "204",
      description = "The token is revoked: no verifier accepts it any more")
  @UnknownTokenError
  @ApiResponse(responseCode = "409", description = "The token was already revoked")
  @BodyErrors
  public void revoke(@PathParam("id") String id, @Parameter(hidden = true) InputStream body) {
    respond(
        () ->
            revokeToken(id, () -> JsonBody.readOptional(headers, body), administration()::revoke));
  }

  @GET
  @Path("{id}/audit")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "listUserTokenEvents",
      summary = "List the audit events of a token, newest first")
  @PageQueryParameters
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @UnknownTokenError
  public ServiceTokenResponses.EventList auditLog(
      @Context UriInfo uri, @PathParam("id") String id) {
    return respond(() -> events(uri, id, administration()::auditLog));
  }
}
