package io.accesstokens.http;

import io.accesstokens.http.input.RequestSchemas;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.response.RotationResponses;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.rotation.RotatedToken;
import io.accesstokens.token.rotation.RotationRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
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

  /** Gives the calling service token a new secret. */
  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed("**")
  @Operation(
      operationId = "rotateSelf",
      summary = "Give the calling service token a new secret",
      description =
          "Off by default, then 403. Depending on the settings, the new secret expires with the"
              + " former one, or the lifetime starts again. The previous secret can only repeat the"
              + " rotation that replaced it, with the same Idempotency-Key.")
  @Parameter(
      name = RotationRequest.IDEMPOTENCY_KEY,
      in = ParameterIn.HEADER,
      description =
          "Makes the request repeatable for 24 hours: a repeat replaces the secret in a lost"
              + " response, if the secret was never used",
      schema = @Schema(type = "string", minLength = 1, maxLength = 255, pattern = "^[!-~]{1,255}$"))
  @RequestBody(
      required = false,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = RequestSchemas.Rotation.class)))
  @ApiResponse(
      responseCode = "200",
      description = "The token with its new secret, which is shown only in this response",
      content = @Content(schema = @Schema(implementation = RotationResponses.Service.class)))
  @ApiResponse(
      responseCode = "409",
      description =
          "The token is revoked or has expired, or the earlier rotation with the Idempotency-Key"
              + " cannot be repeated",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @BodyErrors
  public RotationResponses.Service rotate(@Parameter(hidden = true) @Nullable InputStream body) {
    return answer(
        () -> {
          RotatedToken<ServiceToken> rotated =
              tokenService().rotations().rotateSelf(Callers.actor(security), rotation(body));
          return RotationResponses.Service.of(
              rotated,
              tokenService().now(),
              tokenService().displayNames(Set.of(rotated.token().group())));
        });
  }
}
