package io.accesstokens.oauth;

import io.accesstokens.token.Permissions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
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
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/**
 * {@code /access-tokens/introspect}: returns the state of a token to a resource server (RFC 7662).
 */
@Path(IntrospectionEndpoint.PATH)
@Tag(name = "OAuth")
public class IntrospectionEndpoint extends BaseEndpoint {

  static final String PATH = "access-tokens/introspect";

  /**
   * Returns the state of a token. The response for a valid token contains the scopes of the token.
   */
  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.INTROSPECT)
  @ClientAuthenticationFilter.Binding
  @Operation(operationId = "introspectToken", summary = "Introspect a token (RFC 7662)")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_FORM_URLENCODED,
              schema = @Schema(ref = "IntrospectionForm")))
  @ApiResponse(
      responseCode = "200",
      description = "The state of the token; only active: false if it is not valid",
      content = @Content(schema = @Schema(implementation = IntrospectedToken.class)))
  @OAuthErrors
  @ApiResponse(responseCode = "406", ref = "OAuthNotAcceptable")
  public Response introspect(@Parameter(hidden = true) InputStream body) {
    return respond(
        () ->
            Response.ok(
                    Introspection.introspect(server(), form(body)).toJson(),
                    MediaType.APPLICATION_JSON_TYPE)
                .build());
  }
}
