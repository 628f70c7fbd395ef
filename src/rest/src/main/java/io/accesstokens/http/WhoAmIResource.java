package io.accesstokens.http;

import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.response.Identity;
import io.accesstokens.http.response.SecretHeaders;
import io.accesstokens.token.Actor;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;

/** {@code /access-tokens/whoami}: returns the identity of the caller. */
@Path("access-tokens/whoami")
@Tag(name = "Callers")
@CommonErrors
public class WhoAmIResource extends BaseResource {

  /** Returns the identity and the permissions of the caller. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed("**")
  @Operation(operationId = "whoAmI", summary = "Get the caller's identity and permissions")
  @ApiResponse(
      responseCode = "200",
      description =
          "The caller. For a token, the header X-Access-Token-Expires has the expiry of the"
              + " presented secret.",
      content = @Content(schema = @Schema(implementation = Identity.class)))
  public Response get() {
    return answer(
        () -> {
          Actor actor = Callers.actor(security);
          ResponseBuilder response =
              Response.ok(Identity.of(actor, tokenService().permissionsOf(actor)));
          actor
              .credential()
              .ifPresent(token -> SecretHeaders.addExpiry(response, token.expiresAt()));
          return response.build();
        });
  }
}
