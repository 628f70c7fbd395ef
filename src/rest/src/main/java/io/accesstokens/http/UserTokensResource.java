package io.accesstokens.http;

import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.input.PageQuery;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.input.RequestSchemas;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.UnknownTokenError;
import io.accesstokens.http.response.PersonalTokenResponses;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.query.PersonalTokenQuery;
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
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;

/**
 * {@code /access-tokens/user-tokens}: lets administrators list and revoke the personal tokens of
 * any user.
 */
@Path("access-tokens/user-tokens")
@Tag(name = "Personal tokens")
@RolesAllowed(Permissions.USER_ADMIN)
@CommonErrors
public class UserTokensResource extends BaseResource {

  private UserTokenAdministration administration() {
    return personal().administration();
  }

  /** Lists the personal tokens of a user. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(operationId = "listUserTokens", summary = "List a user's tokens, newest first")
  @Parameter(
      name = "userEntityRef",
      in = ParameterIn.QUERY,
      required = true,
      description = "The user whose tokens are listed, in any spelling",
      schema = @Schema(type = "string"))
  @Parameter(
      name = "status",
      in = ParameterIn.QUERY,
      description = "Only tokens with this status",
      schema =
          @Schema(
              type = "string",
              allowableValues = {"active", "expiring", "expired", "revoked"}))
  @PageQuery
  @ApiResponse(
      responseCode = "200",
      description = "A page; empty if the user has no tokens or does not exist",
      content = @Content(schema = @Schema(implementation = PersonalTokenResponses.TokenList.class)))
  public PersonalTokenResponses.TokenList list(@Context UriInfo uri) {
    return answer(
        () -> {
          UserTokenAdministration tokens = administration();
          QueryParameters query = QueryParameters.of(uri.getRequestUri());
          Optional<EntityRef> user = query.user();
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

  /** Returns a personal token of any user. */
  @GET
  @Path("{id}")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(operationId = "getUserToken", summary = "Get a token of any user")
  @ApiResponse(
      responseCode = "200",
      description = "The token",
      content = @Content(schema = @Schema(implementation = PersonalTokenResponses.Token.class)))
  @UnknownTokenError
  public PersonalTokenResponses.Token get(
      @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathParam("id") String id) {
    return answer(
        () ->
            PersonalTokenResponses.Token.forAdministrator(
                administration().get(Callers.actor(security), tokenId(id)), tokenService().now()));
  }

  /** Revokes a personal token of any user. */
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
  @ApiResponse(
      responseCode = "409",
      description = "The token was already revoked",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @BodyErrors
  public void revoke(
      @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathParam("id") String id,
      @Parameter(hidden = true) InputStream body) {
    answer(() -> revoked(id, () -> JsonBody.read(headers, body), administration()::revoke));
  }

  /** Returns a page of the audit log of a personal token of any user. */
  @GET
  @Path("{id}/audit")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "auditUserToken",
      summary = "List the audit events of a token, newest first")
  @PageQuery
  @ApiResponse(
      responseCode = "200",
      description = "A page",
      content = @Content(schema = @Schema(implementation = ServiceTokenResponses.EventList.class)))
  @UnknownTokenError
  public ServiceTokenResponses.EventList audit(
      @Context UriInfo uri,
      @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathParam("id") String id) {
    return answer(() -> events(uri, id, administration()::audit));
  }
}
