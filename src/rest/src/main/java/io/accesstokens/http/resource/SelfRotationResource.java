package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.RotationOperation;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.response.RotationResponses;
import io.accesstokens.token.Actor;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.rotation.RotatedToken;
import io.accesstokens.token.rotation.TokenRotations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /access-tokens/rotate}: gives the calling service token a new secret. */
@Path("access-tokens/rotate")
@Tag(name = "Callers")
@CommonErrors
public class SelfRotationResource extends BaseResource {

  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed("**")
  @Operation(
      operationId = "rotateOwnToken",
      summary = "Give the calling service token a new secret",
      description =
          "Off by default, then 403. Depending on the settings, the new secret expires with the"
              + " previous one, or the lifetime starts again. The previous secret can only repeat the"
              + " rotation that replaced it, with the same Idempotency-Key.")
  @RotationOperation
  @ApiResponse(
      responseCode = "200",
      description = "The token with its new secret, which is shown only in this response",
      useReturnTypeSchema = true)
  @BodyErrors
  public RotationResponses.Service rotate(@Parameter(hidden = true) @Nullable InputStream body) {
    return respond(
        () -> {
          TokenRotations rotations = tokenService().rotations();
          Actor.Token caller = rotations.requireSelfRotation(Callers.actor(security));
          RotatedToken<ServiceToken> rotated = rotations.rotateSelf(caller, rotation(body));
          return RotationResponses.Service.of(
              rotated,
              tokenService().now(),
              tokenService().displayNames(Set.of(rotated.token().group())));
        });
  }
}
