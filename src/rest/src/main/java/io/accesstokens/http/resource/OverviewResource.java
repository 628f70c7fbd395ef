package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.response.OverviewResponse;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenOverview;
import io.accesstokens.token.usage.TokenAttention;
import io.accesstokens.token.usage.TokenReports;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code /access-tokens/service/overview}: returns an overview of service tokens:
 *
 * <ul>
 *   <li>the numbers of tokens by status, expiry day and group;
 *   <li>the tokens whose previous secret is valid;
 *   <li>the tokens that clients used after the token or the secret had ended;
 *   <li>the users who created live tokens and are no longer in the user directory.
 * </ul>
 */
@Path("access-tokens/service/overview")
@Tag(name = "Service tokens")
@CommonErrors
public class OverviewResource extends BaseResource {

  /** Returns an overview of the service tokens that the caller may read. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "getServiceTokenOverview",
      summary = "Count the service tokens by status, expiry and use")
  @ApiResponse(
      responseCode = "200",
      description = "Counts at one moment, of the tokens that the caller may read",
      useReturnTypeSchema = true)
  public OverviewResponse get() {
    return respond(
        () -> {
          Actor caller = Callers.actor(security);
          TokenReports reports = tokenService().reports();
          TokenOverview overview = reports.overview(caller);
          TokenAttention attention = reports.attention(caller);
          return OverviewResponse.of(
              overview,
              attention,
              tokenService()
                  .displayNames(
                      Stream.of(
                              overview.groups().stream().map(TokenCounts.GroupCounts::group),
                              overview.inGracePeriod().stream().map(ServiceToken::group),
                              attention.groups().stream())
                          .flatMap(groups -> groups)
                          .collect(Collectors.toUnmodifiableSet())));
        });
  }
}
