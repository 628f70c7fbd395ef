package io.accesstokens.app.transparency;

import io.accesstokens.transparency.TransparencyLog;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@link LogResource} if the settings publish the checkpoint and the hashes. The responses
 * contain only the hash of each event.
 */
@Path("access-tokens/log")
@Hidden
public class PublicLogResource extends BaseLogResource {

  public PublicLogResource(@Nullable TransparencyLog log) {
    super(log, true);
  }

  @GET
  @Path("checkpoint")
  @PermitAll
  public Response checkpoint() {
    return checkpointResponse();
  }

  @GET
  @Path("cosigned-checkpoint")
  @PermitAll
  public Response cosignedCheckpoint(@QueryParam("witness") @Nullable String witness) {
    return cosignedCheckpointResponse(witness);
  }

  @GET
  @Path("key")
  @PermitAll
  public Response key() {
    return keyResponse();
  }

  @GET
  @Path("tile/{tile: .+}")
  @PermitAll
  public Response tile(@PathParam("tile") String tile) {
    return hashesResponse(tile);
  }
}
