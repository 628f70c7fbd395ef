package io.accesstokens.http;

import io.accesstokens.http.problem.CommonErrors;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.info.License;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.security.SecurityScheme;
import io.swagger.v3.oas.annotations.servers.Server;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Objects;

/**
 * {@code /openapi.json}: the OpenAPI 3.1 document, which the build generates from the resources.
 */
@Path("openapi.json")
@OpenAPIDefinition(
    info =
        @Info(
            title = "access-tokens",
            version = "0.1.0",
            description = ApiDescription.INTRODUCTION,
            license = @License(name = "Apache-2.0", identifier = "Apache-2.0")),
    servers = @Server(url = ".", description = "Where this document was found"),
    security = {@SecurityRequirement(name = "bearer"), @SecurityRequirement(name = "basic")})
@SecurityScheme(
    name = "bearer",
    type = SecuritySchemeType.HTTP,
    scheme = "bearer",
    description = "A raw service or personal token, or a JWT that was issued for a personal token")
@SecurityScheme(
    name = "basic",
    type = SecuritySchemeType.HTTP,
    scheme = "basic",
    description = "The name and password of a user")
@Tag(name = "Description")
@CommonErrors
public class ApiDescription {

  /**
   * The introduction of the OpenAPI document. The introduction contains the rules for all
   * resources, and lists the paths that the document does not describe.
   */
  static final String INTRODUCTION =
      """
      A self-hosted service for long-lived access tokens.

      This document describes every route below `/api`. What holds for all of them:

      - `HEAD` gets the response of `GET`, without the body.
      - `OPTIONS` gets 200 or 204 and the header `Allow`.
      - Where an operation has the extension `x-any-method`, `POST`, `PUT`, `PATCH`, `DELETE` and
        `OPTIONS` get the response of the described method.
      - A path that is not described gets 404. A path or query that is not percent-encoded UTF-8
        gets 400. A request that the server refuses before it knows the path gets 400, 414, 431 or
        505. All of these responses are `application/problem+json`.

      Not in this document, because they are not below `/api`: the health checks `/health/live` and
      `/health/ready`, the metadata at `/.well-known/oauth-authorization-server/api/auth`, and the
      pages. The pages use the routes below `/api/access-tokens/session`, which a host's application
      that embeds this API does not have.
      """;

  /**
   * The path of the OpenAPI document, relative to the API root. This text is also the file name
   * under which the build stores the document, in the package of this class.
   */
  static final String RESOURCE = "openapi.json";

  private final URL document;

  /** Creates a resource that serves the OpenAPI document of {@link AccessTokensRoutes}. */
  public ApiDescription() {
    this(
        Objects.requireNonNull(
            ApiDescription.class.getResource(RESOURCE),
            "the archive has no OpenAPI document beside this class"));
  }

  /**
   * Creates a resource that serves the OpenAPI document of an application.
   *
   * @param document the location of an OpenAPI document in JSON
   */
  public ApiDescription(URL document) {
    this.document = document;
  }

  /** Returns the OpenAPI document in JSON. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(operationId = "describe", summary = "This document")
  @SecurityRequirements
  @ApiResponse(
      responseCode = "200",
      description = "An OpenAPI 3.1 document",
      content = @Content(schema = @Schema(types = "object")))
  public byte[] get() throws IOException {
    try (InputStream in = document.openStream()) {
      return in.readAllBytes();
    }
  }
}
