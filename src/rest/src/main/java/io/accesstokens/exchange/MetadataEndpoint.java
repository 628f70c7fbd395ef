package io.accesstokens.exchange;

import io.accesstokens.http.BaseResource;
import io.accesstokens.http.CommonErrors;
import io.accesstokens.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /auth/.well-known/openid-configuration} and {@code
 * /auth/.well-known/oauth-authorization-server}: where the endpoints are, at what clients make of
 * the issuer's name by appending to it. RFC 8414 has the latter at the host's root, see {@code
 * app}.
 */
@Path("auth/.well-known")
@Tag(name = "OAuth")
@CommonErrors
public final class MetadataEndpoint extends BaseResource {

  private final @Nullable PublishedMetadata metadata;

  /**
   * @param metadata null if no tokens are signed: 404
   */
  public MetadataEndpoint(@Nullable PublishedMetadata metadata) {
    this.metadata = metadata;
  }

  /** The document for clients of OpenID Connect. */
  @GET
  @Path("openid-configuration")
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @SecurityRequirements
  @Operation(
      operationId = "openIdConfiguration",
      summary = "Where the endpoints of OAuth are (OpenID Connect Discovery 1.0)",
      description = "Not within a host's application.")
  @ApiResponse(
      responseCode = "200",
      description = "The metadata; may be kept for five minutes",
      content = @Content(schema = @Schema(types = "object")))
  @ApiResponse(
      responseCode = "404",
      description = "This installation signs no tokens",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public Response openIdProvider() {
    return published(PublishedMetadata::openIdProvider);
  }

  /** The document for clients of OAuth. */
  @GET
  @Path("oauth-authorization-server")
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @SecurityRequirements
  @Operation(
      operationId = "authorizationServer",
      summary = "Where the endpoints of OAuth are (RFC 8414)",
      description =
          "Also at the root of the host, /.well-known/oauth-authorization-server/api/auth, where the"
              + " RFC has it. Not within a host's application.")
  @ApiResponse(
      responseCode = "200",
      description = "The metadata; may be kept for five minutes",
      content = @Content(schema = @Schema(types = "object")))
  @ApiResponse(
      responseCode = "404",
      description = "This installation signs no tokens",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public Response authorizationServer() {
    return published(PublishedMetadata::authorizationServer);
  }

  private Response published(Function<PublishedMetadata, byte[]> document) {
    return answer(
        () -> {
          if (metadata == null) {
            throw new NotFoundException();
          }
          return Response.ok(document.apply(metadata))
              .header(HttpHeaders.CACHE_CONTROL, PublishedMetadata.CACHE_CONTROL)
              .build();
        });
  }
}
