package io.accesstokens.http;

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

/**
 * {@code /openapi.json}: the OpenAPI 3.1 document, as generated from the resources by the build.
 */
@Path("openapi.json")
@OpenAPIDefinition(
    info =
        @Info(
            title = "access-tokens",
            version = "0.1.0",
            description = "A self-hosted service for long-lived access tokens.",
            license = @License(name = "Apache-2.0", identifier = "Apache-2.0")),
    servers = @Server(url = ".", description = "Where this document was found"),
    security = {@SecurityRequirement(name = "bearer"), @SecurityRequirement(name = "basic")})
@SecurityScheme(
    name = "bearer",
    type = SecuritySchemeType.HTTP,
    scheme = "bearer",
    description = "A raw token, of a service or personal")
@SecurityScheme(
    name = "basic",
    type = SecuritySchemeType.HTTP,
    scheme = "basic",
    description = "A person's name and password")
@Tag(name = "Description")
@CommonErrors
public class ApiDescription {

  /** Where the build puts the document, beside this class. */
  static final String RESOURCE = "openapi.json";

  /** The document. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(operationId = "describe", summary = "This document")
  @SecurityRequirements
  @ApiResponse(
      responseCode = "200",
      description = "An OpenAPI 3.1 document",
      content = @Content(schema = @Schema(type = "object")))
  public byte[] get() throws IOException {
    try (InputStream document = ApiDescription.class.getResourceAsStream(RESOURCE)) {
      if (document == null) {
        throw new IllegalStateException("the build put no OpenAPI document beside this class");
      }
      return document.readAllBytes();
    }
  }
}
