package io.accesstokens.app.transparency;

import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.resource.BaseResource;
import io.accesstokens.token.Permissions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/**
 * {@code /access-tokens/log/status}: the state of the log, for the pages. This resource needs a
 * permission even if the log is public, because the state reports damage to the log.
 */
@Path("access-tokens/log/status")
@Tag(name = "Transparency log")
@CommonErrors
public class LogStatusResource extends BaseResource {

  private final @Nullable OpenedLog log;

  /**
   * Creates the resource.
   *
   * @param log the log; null if this installation has none. The responses are then 404
   */
  public LogStatusResource(@Nullable OpenedLog log) {
    this.log = log;
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.LOG_READ)
  @Operation(
      operationId = "getLogStatus",
      summary = "Get the state of the audit log: its size, its lag, and what is wrong")
  @ApiResponse(
      responseCode = "200",
      description = "The state, at most one second old",
      useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "There is no log")
  public LogStatusResponse status() {
    return respond(
        () -> {
          if (log == null) {
            throw new NotFoundException();
          }
          return LogStatusResponse.of(log.monitor().status(), log.log().witnesses());
        });
  }
}
