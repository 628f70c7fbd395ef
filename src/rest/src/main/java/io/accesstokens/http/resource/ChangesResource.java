package io.accesstokens.http.resource;

import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.protocol.ChangeFeedReader;
import io.accesstokens.http.response.ChangesResponse;
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

/**
 * {@code /access-tokens/changes}: returns changes of the verdicts on tokens. A verifier in another
 * process uses these changes to update cached verdicts.
 */
@Path("access-tokens/changes")
@Tag(name = "OAuth")
@CommonErrors
public class ChangesResource extends BaseResource {

  /**
   * Returns the changes after a position of the change feed, and a lease. A verifier may use cached
   * verdicts until the lease expires.
   */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.INTROSPECT)
  @Operation(
      operationId = "listChanges",
      summary = "List changes of verdicts, for verifiers that cache introspection results")
  @Parameter(
      name = "nonce",
      in = ParameterIn.QUERY,
      required = true,
      example = "q3Vd5p9sT0aXk2Lw",
      description = "A random value, new for each request; the response repeats it",
      schema = @Schema(type = "string", pattern = "^[A-Za-z0-9_-]{16,64}$"))
  @Parameter(
      name = "after",
      in = ParameterIn.QUERY,
      description = "The position of the previous response; absent at the beginning",
      schema = @Schema(type = "string"))
  @ApiResponse(
      responseCode = "200",
      description = "The entries of the feed",
      useReturnTypeSchema = true)
  public ChangesResponse read(@Context UriInfo uri) {
    return respond(
        () -> ChangeFeedReader.read(feedBroker().orElse(null), uri.getRequestUri().getRawQuery()));
  }
}
