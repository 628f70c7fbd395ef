package io.accesstokens.exchange;

import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.resource.BaseResource;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
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
 * Serves the public documents of this issuer.
 *
 * <ul>
 *   <li>{@code /auth/.well-known/openid-configuration} and {@code
 *       /auth/.well-known/oauth-authorization-server} return the metadata.
 *   <li>{@code /auth/.well-known/jwks.json} returns the public keys that verify short-lived tokens
 *       (RFC 7517).
 * </ul>
 *
 * <p>The URL of each document is the issuer's identifier, followed by the well-known path. RFC 8414
 * defines another URL for {@code oauth-authorization-server}, directly below the host name. The
 * package {@code app.web} serves the document at that URL.
 */
@Path(MetadataEndpoint.PATH)
@Tag(name = "OAuth")
@CommonErrors
public final class MetadataEndpoint extends BaseResource {

  static final String PATH = "auth/.well-known";
  private static final String KEYS = "jwks.json";

  /** The path of the JWK set, relative to the API root. */
  static final String KEYS_PATH = PATH + "/" + KEYS;

  private final @Nullable PublishedMetadata metadata;

  /**
   * Creates the endpoint.
   *
   * @param metadata the metadata and the keys; null if this service signs no tokens. With null, all
   *     responses are 404
   */
  public MetadataEndpoint(@Nullable PublishedMetadata metadata) {
    this.metadata = metadata;
  }

  @GET
  @Path("openid-configuration")
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(
      operationId = "getOpenIdConfiguration",
      summary = "Where the endpoints of OAuth are (OpenID Connect Discovery 1.0)",
      description = "Not within a host's application.")
  @ApiResponse(
      responseCode = "200",
      description = "The metadata, which may be cached for five minutes",
      content = @Content(schema = @Schema(ref = "AuthorizationServer")))
  @ApiResponse(responseCode = "404", description = "This installation issues no JWTs")
  public Response openIdProvider() {
    return published(PublishedMetadata::openIdProvider);
  }

  @GET
  @Path("oauth-authorization-server")
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(
      operationId = "getAuthorizationServer",
      summary = "Where the endpoints of OAuth are (RFC 8414)",
      description =
          "Also at the root of the host,"
              + " /.well-known/oauth-authorization-server/api/auth, as the RFC requires."
              + " Not within a host's application.")
  @ApiResponse(
      responseCode = "200",
      description = "The metadata, which may be cached for five minutes",
      content = @Content(schema = @Schema(ref = "AuthorizationServer")))
  @ApiResponse(responseCode = "404", description = "This installation issues no JWTs")
  public Response authorizationServer() {
    return published(PublishedMetadata::authorizationServer);
  }

  @GET
  @Path(KEYS)
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(
      operationId = "getKeySet",
      summary = "The keys that verify short-lived tokens (RFC 7517, section 5)",
      description = "Not within a host's application.")
  @ApiResponse(
      responseCode = "200",
      description = "A JWK set, which may be cached for five minutes",
      content = @Content(schema = @Schema(ref = "KeySet")))
  @ApiResponse(responseCode = "404", description = "This installation issues no JWTs")
  public Response keySet() {
    return published(PublishedMetadata::keySet);
  }

  private Response published(Function<PublishedMetadata, byte[]> document) {
    return respond(
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
