package io.accesstokens.app.transparency;

import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.token.Permissions;
import io.accesstokens.transparency.TransparencyLog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** {@code /access-tokens/log}: the checkpoint, the keys and the hashes of the log. */
@Path("access-tokens/log")
@Tag(name = "Transparency log")
@CommonErrors
public class LogResource extends BaseLogResource {

  /**
   * Creates the resource.
   *
   * @param log the log; null if this installation has none. The responses are then 404
   */
  public LogResource(@Nullable TransparencyLog log) {
    super(log, false);
  }

  @GET
  @Path("checkpoint")
  @RolesAllowed(Permissions.LOG_READ)
  @Operation(
      operationId = "getLogCheckpoint",
      summary = "Get the signed checkpoint of the audit log (c2sp.org/tlog-checkpoint)")
  @ApiResponse(
      responseCode = "200",
      description = "The checkpoint as a signed note",
      content = @Content(mediaType = "text/plain", schema = @Schema(types = "string")))
  @ApiResponse(responseCode = "404", description = "There is no log")
  public Response checkpoint() {
    return checkpointResponse();
  }

  @GET
  @Path("cosigned-checkpoint")
  @RolesAllowed(Permissions.LOG_READ)
  @Operation(
      operationId = "getCosignedLogCheckpoint",
      summary =
          "Get the latest checkpoint that witnesses have cosigned (c2sp.org/tlog-cosignature)")
  @ApiResponse(
      responseCode = "200",
      description =
          "The checkpoint as a signed note with the cosignatures. It can be older than the latest"
              + " checkpoint",
      content = @Content(mediaType = "text/plain", schema = @Schema(types = "string")))
  @ApiResponse(responseCode = "404", description = "No witness has cosigned a checkpoint")
  public Response cosignedCheckpoint(
      @Parameter(
              description =
                  "The verifier key of a witness (c2sp.org/signed-note). The response is then the"
                      + " latest checkpoint that this witness has cosigned")
          @QueryParam("witness")
          @Nullable String witness) {
    return cosignedCheckpointResponse(witness);
  }

  @GET
  @Path("key")
  @RolesAllowed(Permissions.LOG_READ)
  @Operation(
      operationId = "getLogKey",
      summary = "Get the verifier keys of the audit log (c2sp.org/signed-note)")
  @ApiResponse(
      responseCode = "200",
      description =
          "One vkey in each line, the newest one first. There are several only while an operator"
              + " replaces the key",
      content = @Content(mediaType = "text/plain", schema = @Schema(types = "string")))
  @ApiResponse(responseCode = "404", description = "There is no log")
  public Response key() {
    return keyResponse();
  }

  @GET
  @Path("tile/{tile: .+}")
  @RolesAllowed(Permissions.LOG_READ)
  @Operation(
      operationId = "getLogTile",
      summary = "Get a tile of hashes of the audit log (c2sp.org/tlog-tiles)")
  @ApiResponse(
      responseCode = "200",
      description = "Up to 256 hashes of 32 bytes",
      content =
          @Content(
              mediaType = "application/octet-stream",
              schema = @Schema(types = "string", format = "binary")))
  @ApiResponse(responseCode = "404", description = "The log has no such tile")
  public Response tile(
      @Parameter(
              description = "Level and index of the tile, and the width of a partial tile",
              example = "0/000.p/1")
          @PathParam("tile")
          String tile) {
    return hashesResponse(tile);
  }
}
