package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.CursorPageQueryParameters;
import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.input.ListParameters;
import io.accesstokens.http.input.ListQueryParameters;
import io.accesstokens.http.input.PageQueryParameters;
import io.accesstokens.http.input.PreviousSecretEndOperation;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.input.RequestSchemas;
import io.accesstokens.http.input.RotationOperation;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.UnknownTokenError;
import io.accesstokens.http.response.RotationResponses;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.policy.UpdateRequest;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.rotation.RotatedToken;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.verify.EntityRef;
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
import jakarta.ws.rs.PATCH;
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
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /access-tokens/service}: creates, lists, changes and revokes service tokens. */
@Path("access-tokens/service")
@Tag(name = "Service tokens")
@CommonErrors
public class ServiceTokensResource extends BaseResource {

  @GET
  @Path("scopes")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "listServiceTokenScopes",
      summary = "The scopes that a token can be given")
  @ApiResponse(
      responseCode = "200",
      description = "The catalogue in display order",
      useReturnTypeSchema = true)
  public ServiceTokenResponses.ScopeList scopes() {
    return respond(
        () ->
            ServiceTokenResponses.ScopeList.of(
                tokenService().scopeCatalog(Callers.actor(security))));
  }

  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_WRITE)
  @Operation(operationId = "createServiceToken", summary = "Create a service token")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = RequestSchemas.NewToken.class)))
  @ApiResponse(
      responseCode = "201",
      description = "The token with its secret, which is shown only in this response",
      headers = @Header(name = "Location", ref = "Location"),
      content = @Content(schema = @Schema(implementation = ServiceTokenResponses.Created.class)))
  @ApiResponse(
      responseCode = "409",
      description =
          "An unrevoked token of the group has that name, or the group has its"
              + " maximum number of live tokens")
  @BodyErrors
  public Response create(@Context UriInfo uri, @Parameter(hidden = true) InputStream body) {
    return respond(() -> createToken(uri, body));
  }

  private Response createToken(UriInfo uri, InputStream body) {
    Actor actor = Callers.actor(security);
    CreatedToken created =
        tokenService().create(actor, RequestSchemas.newToken(JsonBody.read(headers, body)));
    return created(
        uri,
        "service/" + created.token().id(),
        ServiceTokenResponses.Created.of(
            created, tokenService().now(), groupNames(Stream.of(created.token()))));
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "listServiceTokens",
      summary = "List service tokens, newest first unless sorted otherwise; filters are ANDed")
  @ListQueryParameters
  @CursorPageQueryParameters
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  public ServiceTokenResponses.TokenList list(@Context UriInfo uri) {
    return respond(
        () -> {
          TokenQuery query = ListParameters.read(QueryParameters.of(uri.getRequestUri()));
          Instant now = tokenService().now();
          TokenPage page = tokenService().list(Callers.actor(security), query, now);
          return ServiceTokenResponses.TokenList.of(
              page, query, now, groupNames(page.tokens().stream()));
        });
  }

  @GET
  @Path("{id}")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(operationId = "getServiceToken", summary = "Get a service token")
  @ApiResponse(responseCode = "200", description = "The token", useReturnTypeSchema = true)
  @UnknownTokenError
  public ServiceTokenResponses.Token get(@PathParam("id") String id) {
    return respond(
        () -> {
          ServiceToken token = tokenService().get(Callers.actor(security), tokenId(id));
          return ServiceTokenResponses.Token.of(
              token, tokenService().now(), groupNames(Stream.of(token)));
        });
  }

  @PATCH
  @Path("{id}")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_WRITE)
  @Operation(
      operationId = "updateServiceToken",
      summary = "Change the description, scopes, expiry or limits of a service token",
      description =
          "The change is in effect for every verifier when the response is sent. The secret stays"
              + " the same.")
  @RequestBody(
      required = true,
      content = {
        @Content(
            mediaType = JsonBody.MERGE_PATCH,
            schema = @Schema(implementation = RequestSchemas.TokenPatch.class)),
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = RequestSchemas.TokenPatch.class))
      })
  @ApiResponse(
      responseCode = "200",
      description = "The token after the change",
      useReturnTypeSchema = true)
  @UnknownTokenError
  @ApiResponse(responseCode = "409", description = "The token is revoked or has expired")
  @BodyErrors
  public ServiceTokenResponses.Token update(
      @PathParam("id") String id, @Parameter(hidden = true) InputStream body) {
    return respond(
        () -> {
          UUID tokenId = tokenId(id);
          UpdateRequest request = RequestSchemas.update(JsonBody.readPatch(headers, body));
          ServiceToken token =
              tokenService().updates().update(Callers.actor(security), tokenId, request);
          return ServiceTokenResponses.Token.of(
              token, tokenService().now(), groupNames(Stream.of(token)));
        });
  }

  private Map<EntityRef, String> groupNames(Stream<ServiceToken> tokens) {
    return tokenService()
        .displayNames(tokens.map(ServiceToken::group).collect(Collectors.toUnmodifiableSet()));
  }

  /** Revokes a service token. Responds only when no verifier still accepts the token. */
  @DELETE
  @Path("{id}")
  @RolesAllowed(Permissions.SERVICE_REVOKE)
  @Operation(operationId = "revokeServiceToken", summary = "Revoke a service token permanently")
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
        () -> revokeToken(id, () -> JsonBody.readOptional(headers, body), tokenService()::revoke));
  }

  @POST
  @Path("{id}/rotate")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_WRITE)
  @Operation(
      operationId = "rotateServiceToken",
      summary =
          "Give a service token a new secret; the previous one stays valid for a grace period")
  @RotationOperation
  @ApiResponse(
      responseCode = "200",
      description = "The token with its new secret, which is shown only in this response",
      useReturnTypeSchema = true)
  @UnknownTokenError
  @BodyErrors
  public RotationResponses.Service rotate(
      @PathParam("id") String id, @Parameter(hidden = true) @Nullable InputStream body) {
    return respond(
        () -> {
          UUID tokenId = tokenId(id);
          RotatedToken<ServiceToken> rotated =
              tokenService().rotations().rotate(Callers.actor(security), tokenId, rotation(body));
          return RotationResponses.Service.of(
              rotated, tokenService().now(), groupNames(Stream.of(rotated.token())));
        });
  }

  @DELETE
  @Path("{id}/previous-secret")
  @RolesAllowed(Permissions.SERVICE_REVOKE)
  @Operation(
      operationId = "endPreviousServiceTokenSecret",
      summary = "End the grace period of the secret before the latest rotation")
  @PreviousSecretEndOperation
  @BodyErrors
  public void endPreviousSecret(
      @PathParam("id") String id, @Parameter(hidden = true) @Nullable InputStream body) {
    respond(() -> endPreviousSecret(id, body, tokenService().rotations()::endPreviousSecret));
  }

  @GET
  @Path("{id}/audit")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "listServiceTokenEvents",
      summary = "List the audit events of a token, newest first")
  @PageQueryParameters
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @UnknownTokenError
  public ServiceTokenResponses.EventList auditLog(
      @Context UriInfo uri, @PathParam("id") String id) {
    return respond(() -> events(uri, id, tokenService()::auditLog));
  }
}
