package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.response.LimitsResponse;
import io.accesstokens.token.Permissions;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

/** {@code /access-tokens/service/limits}: the limits for new tokens of a group. */
@Path("access-tokens/service/limits")
@Tag(name = "Service tokens")
@CommonErrors
public class LimitsResource extends BaseResource {

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_WRITE)
  @Operation(
      operationId = "getServiceTokenLimits",
      summary = "Get the limits for a new token of a group, and the number of its tokens")
  @Parameter(
      name = "groupEntityRef",
      in = ParameterIn.QUERY,
      required = true,
      example = "group:default/platform",
      description = "The group, in any spelling; it need not exist",
      schema = @Schema(type = "string"))
  @ApiResponse(
      responseCode = "200",
      description = "The limits for the caller and the group",
      useReturnTypeSchema = true)
  public LimitsResponse get(@Context UriInfo uri) {
    return respond(
        () -> {
          QueryParameters query = QueryParameters.of(uri.getRequestUri());
          EntityRef group = query.requiredGroup();
          return LimitsResponse.of(group, tokenService().allowance(Callers.actor(security), group));
        });
  }
}
