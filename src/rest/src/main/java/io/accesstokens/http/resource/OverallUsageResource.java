package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.response.OverallUsageResponse;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.Permissions;
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

/** {@code /access-tokens/service/usage}: the daily uses of all service tokens together. */
@Path("access-tokens/service/usage")
@Tag(name = "Service tokens")
@CommonErrors
public class OverallUsageResource extends BaseResource {

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "getServiceTokensUsage",
      summary = "Get the number of uses of all service tokens on each day")
  @Parameter(
      name = "days",
      in = ParameterIn.QUERY,
      description = "The number of days, today included",
      schema = @Schema(type = "integer", minimum = "1", maximum = "90", defaultValue = "90"))
  @ApiResponse(
      responseCode = "200",
      description = "The uses of the tokens that the caller may read, at most a minute behind",
      useReturnTypeSchema = true)
  public OverallUsageResponse get(@Context UriInfo uri) {
    return respond(
        () -> {
          QueryParameters query = QueryParameters.of(uri.getRequestUri());
          int days = query.days().orElse(DailyUsage.KEPT_DAYS);
          query.check();
          return OverallUsageResponse.of(
              tokenService().reports().usesByDay(Callers.actor(security), days), days);
        });
  }
}
