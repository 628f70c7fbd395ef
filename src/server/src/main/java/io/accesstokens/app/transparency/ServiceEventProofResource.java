package io.accesstokens.app.transparency;

import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.transparency.TransparencyLog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * {@code /access-tokens/service/ID/audit/EVENT/proof}: the proof that an event of a service token
 * is in the log.
 */
@Path("access-tokens/service/{id}/audit/{eventId}/proof")
@Tag(name = "Service tokens")
@CommonErrors
public class ServiceEventProofResource extends EventProofs {

  private final ServiceTokenService tokens;

  /**
   * Creates the resource.
   *
   * @param log the log; null if this installation has none. The responses are then 404
   */
  public ServiceEventProofResource(@Nullable TransparencyLog log, ServiceTokenService tokens) {
    super(log);
    this.tokens = tokens;
  }

  /** Returns the proof. */
  @GET
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "getServiceTokenEventProof",
      summary = "Prove that an audit event of a service token is in the audit log")
  @Responses
  public Response get(
      @PathParam("id") String id,
      @Parameter(
              description = EVENT,
              example = EXAMPLE,
              schema = @Schema(type = "string", format = "uuid"))
          @PathParam("eventId")
          String event) {
    return proof(id, event, (actor, token) -> tokens.get(actor, token));
  }
}
