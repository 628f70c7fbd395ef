package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.input.PageQueryParameters;
import io.accesstokens.http.input.PreviousSecretEndOperation;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.input.RequestSchemas;
import io.accesstokens.http.input.RotationOperation;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.UnknownTokenError;
import io.accesstokens.http.response.PersonalTokenResponses;
import io.accesstokens.http.response.RotationResponses;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.http.response.UsageResponse;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.service.PersonalTokenService;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
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
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code /access-tokens/personal}: the personal tokens of the caller. No operation gives access to
 * the tokens of another user. If personal tokens are disabled, all operations respond with 404.
 */
@Path("access-tokens/personal")
@Tag(name = "Personal tokens")
@CommonErrors
public class PersonalTokensResource extends BaseResource {

  @GET
  @Path("scopes")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_READ)
  @Operation(
      operationId = "listPersonalTokenScopes",
      summary = "The scopes that a personal token can be given")
  @ApiResponse(
      responseCode = "200",
      description = "The scopes limit the rights of the user and give no further rights",
      useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", ref = "PersonalTokensDisabled")
  public ServiceTokenResponses.ScopeList scopes() {
    return respond(
        () -> ServiceTokenResponses.ScopeList.of(personal().scopeCatalog(Callers.actor(security))));
  }

  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_WRITE)
  @Operation(operationId = "createPersonalToken", summary = "Create a personal token")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = RequestSchemas.NewPersonalToken.class)))
  @ApiResponse(
      responseCode = "201",
      description = "The token with its secret, which is shown only in this response",
      headers = @Header(name = "Location", ref = "Location"),
      content = @Content(schema = @Schema(implementation = PersonalTokenResponses.Created.class)))
  @ApiResponse(
      responseCode = "409",
      description =
          "The caller has an unrevoked token with that name, or the maximum number of tokens")
  @ApiResponse(responseCode = "404", ref = "PersonalTokensDisabled")
  @BodyErrors
  public Response create(@Context UriInfo uri, @Parameter(hidden = true) InputStream body) {
    return respond(() -> createToken(uri, body));
  }

  private Response createToken(UriInfo uri, InputStream body) {
    PersonalTokenService tokens = personal();
    Actor actor = Callers.actor(security);
    return createdPersonalToken(
        uri, tokens.create(actor, RequestSchemas.newPersonalToken(JsonBody.read(headers, body))));
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_READ)
  @Operation(
      operationId = "listPersonalTokens",
      summary = "List the caller's personal tokens, newest first")
  @Parameter(ref = "status")
  @PageQueryParameters
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", ref = "PersonalTokensDisabled")
  public PersonalTokenResponses.TokenList list(@Context UriInfo uri) {
    return respond(
        () -> {
          PersonalTokenService tokens = personal();
          QueryParameters query = QueryParameters.of(uri.getRequestUri());
          Optional<TokenStatus> status = query.status();
          int limit = query.limit();
          int offset = query.offset();
          query.check();
          Instant now = tokenService().now();
          return PersonalTokenResponses.TokenList.of(
              tokens.list(Callers.actor(security), status, offset, limit, now), now, limit, offset);
        });
  }

  @GET
  @Path("{id}")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_READ)
  @Operation(operationId = "getPersonalToken", summary = "Get one of the caller's tokens")
  @ApiResponse(responseCode = "200", description = "The token", useReturnTypeSchema = true)
  @UnknownTokenError
  public PersonalTokenResponses.Token get(@PathParam("id") String id) {
    return respond(
        () ->
            PersonalTokenResponses.Token.of(
                personal().get(Callers.actor(security), tokenId(id)), tokenService().now()));
  }

  @DELETE
  @Path("{id}")
  @RolesAllowed(Permissions.USER_REVOKE)
  @Operation(
      operationId = "revokePersonalToken",
      summary = "Revoke one of the caller's tokens permanently")
  @RequestBody(
      required = false,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = RequestSchemas.OwnRevocation.class)))
  @ApiResponse(
      responseCode = "204",
      description = "The token is revoked: no verifier accepts it any more")
  @UnknownTokenError
  @ApiResponse(responseCode = "409", description = "The token was already revoked")
  @BodyErrors
  public void revoke(
      @PathParam("id") String id, @Parameter(hidden = true) @Nullable InputStream body) {
    respond(() -> revokeToken(id, () -> JsonBody.readOptional(headers, body), personal()::revoke));
  }

  @POST
  @Path("{id}/rotate")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_WRITE)
  @Operation(
      operationId = "rotatePersonalToken",
      summary =
          "Give one of the caller's tokens a new secret; the previous one stays valid for a grace"
              + " period")
  @RotationOperation
  @ApiResponse(
      responseCode = "200",
      description = "The token with its new secret, which is shown only in this response",
      useReturnTypeSchema = true)
  @UnknownTokenError
  @BodyErrors
  public RotationResponses.Personal rotate(
      @PathParam("id") String id, @Parameter(hidden = true) @Nullable InputStream body) {
    return respond(
        () -> {
          PersonalTokenService tokens = personal();
          UUID tokenId = tokenId(id);
          return RotationResponses.Personal.of(
              tokens.rotate(Callers.actor(security), tokenId, rotation(body)),
              tokenService().now());
        });
  }

  @DELETE
  @Path("{id}/previous-secret")
  @RolesAllowed(Permissions.USER_REVOKE)
  @Operation(
      operationId = "endPreviousPersonalTokenSecret",
      summary = "End the grace period of the secret before the latest rotation")
  @PreviousSecretEndOperation
  @BodyErrors
  public void endPreviousSecret(
      @PathParam("id") String id, @Parameter(hidden = true) @Nullable InputStream body) {
    respond(() -> endPreviousSecret(id, body, personal()::endPreviousSecret));
  }

  @GET
  @Path("{id}/audit")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_READ)
  @Operation(
      operationId = "listPersonalTokenEvents",
      summary = "List the audit events of a token, newest first")
  @PageQueryParameters
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @UnknownTokenError
  public ServiceTokenResponses.EventList auditLog(
      @Context UriInfo uri, @PathParam("id") String id) {
    return respond(() -> events(uri, id, personal()::auditLog));
  }

  @GET
  @Path("{id}/usage")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_READ)
  @Operation(
      operationId = "getPersonalTokenUsage",
      summary = "Get the number and the last time of a token's accepted and refused uses")
  @ApiResponse(
      responseCode = "200",
      description = "The counts since the token was created, at most five seconds behind",
      useReturnTypeSchema = true)
  @UnknownTokenError
  public UsageResponse usage(@PathParam("id") String id) {
    return respond(
        () -> {
          PersonalTokenService tokens = personal();
          UUID token = tokenId(id);
          return UsageResponse.of(token, tokens.usage(Callers.actor(security), token));
        });
  }
}
