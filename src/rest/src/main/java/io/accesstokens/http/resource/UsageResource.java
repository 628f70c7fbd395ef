package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.UnknownTokenError;
import io.accesstokens.http.response.UsageResponse;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.usage.TokenReports;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.UUID;

/** {@code /access-tokens/service/{id}/usage}: the usage of a service token. */
@Path("access-tokens/service/{id}/usage")
@Tag(name = "Service tokens")
@CommonErrors
public class UsageResource extends BaseResource {

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "getServiceTokenUsage",
      summary =
          "Get the number and the last time of a token's uses, the clients that use it, and when"
              + " its scopes were last needed")
  @ApiResponse(
      responseCode = "200",
      description = "The counts since the token was created, at most five seconds behind",
      useReturnTypeSchema = true)
  @UnknownTokenError
  @Parameter(
      name = "days",
      in = ParameterIn.QUERY,
      description = "The number of days, today included, for which to return daily uses",
      schema = @Schema(type = "integer", minimum = "1", maximum = "90"))
  public UsageResponse get(@Context UriInfo uri, @PathParam("id") String id) {
    return respond(
        () -> {
          UUID token = tokenId(id);
          QueryParameters query = QueryParameters.of(uri.getRequestUri());
          Optional<Integer> days = query.days();
          query.check();
          Actor caller = Callers.actor(security);
          TokenReports reports = tokenService().reports();
          return UsageResponse.of(
              token,
              tokenService().usage(caller, token),
              reports.callers(caller, token),
              reports.neededScopes(caller, token),
              days.map(number -> reports.usesByDay(caller, token, number)).orElse(null));
        });
  }
}
