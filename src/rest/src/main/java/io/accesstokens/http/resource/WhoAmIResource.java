package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.protocol.WhoAmI;
import io.accesstokens.http.response.SecretHeaders;
import io.accesstokens.http.response.WhoAmIResponse;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
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

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed("**")
  @Operation(operationId = "getIdentity", summary = "Get the caller's identity and permissions")
  @ApiResponse(
      responseCode = "200",
      description = "The caller",
      headers = {
        @Header(name = SecretHeaders.EXPIRES, ref = SecretHeaders.EXPIRES),
        @Header(name = SecretHeaders.DEPRECATION, ref = SecretHeaders.DEPRECATION),
        @Header(name = SecretHeaders.SUNSET, ref = SecretHeaders.SUNSET)
      },
      content = @Content(schema = @Schema(implementation = WhoAmIResponse.class)))
  public Response get() {
    return respond(
        () -> {
          WhoAmI found = WhoAmI.of(tokenService(), Callers.actor(security));
          ResponseBuilder response = Response.ok(found.identity());
          found.headers().forEach(header -> response.header(header.name(), header.value()));
          return response.build();
        });
  }
}
