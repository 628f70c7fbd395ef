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
import org.jspecify.annotations.Nullable;

/** {@code /auth/.well-known/jwks.json}: the keys that verify short-lived tokens (RFC 7517). */
@Path(KeySetEndpoint.PATH)
@Tag(name = "OAuth")
@CommonErrors
public final class KeySetEndpoint extends BaseResource {

  static final String PATH = "auth/.well-known/jwks.json";

  private final @Nullable PublishedMetadata metadata;

  /**
   * @param metadata the metadata with the keys; null if no tokens are signed, which is 404
   */
  public KeySetEndpoint(@Nullable PublishedMetadata metadata) {
    this.metadata = metadata;
  }

  /** Returns the keys. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @SecurityRequirements
  @Operation(
      operationId = "keySet",
      summary = "The keys that verify short-lived tokens (RFC 7517, section 5)",
      description = "Not within a host's application.")
  @ApiResponse(
      responseCode = "200",
      description = "A JWK set; may be kept for five minutes",
      content = @Content(schema = @Schema(types = "object")))
  @ApiResponse(
      responseCode = "404",
      description = "This installation signs no tokens",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public Response get() {
    return answer(
        () -> {
          if (metadata == null) {
            throw new NotFoundException();
          }
          return Response.ok(metadata.keySet())
              .header(HttpHeaders.CACHE_CONTROL, PublishedMetadata.CACHE_CONTROL)
              .build();
        });
  }
}
