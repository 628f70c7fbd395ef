package io.accesstokens.http;

import io.accesstokens.http.problem.CommonErrors;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code /openapi.json}: the OpenAPI 3.1 document, which the build generates from the resources.
 */
@Path("openapi.json")
@Tag(name = "Description")
@CommonErrors
public class ApiDescriptionResource {

  /**
   * The path of the OpenAPI document, relative to the API root. This text is also the file name
   * under which the build stores the document, in the package of this class.
   */
  static final String RESOURCE = "openapi.json";

  private byte[] document;

  /** The URL of the API; null if it is not known, or if the document already contains it. */
  private @Nullable URI api;

  /** Creates a resource that serves the OpenAPI document of {@link AccessTokensRoutes}. */
  public ApiDescriptionResource() {
    this(
        Objects.requireNonNull(
            ApiDescriptionResource.class.getResource(RESOURCE),
            "the archive has no OpenAPI document beside this class"),
        null);
  }

  /**
   * Creates a resource that serves the OpenAPI document of an application.
   *
   * @param document the location of an OpenAPI document in JSON
   * @param api the URL of the API, for {@code servers}; null if it is not known. The URL in the
   *     document is then relative to the address of the document. The caller must not derive the
   *     URL from {@code Host}, because clients send their credentials to this URL
   */
  public ApiDescriptionResource(URL document, @Nullable URI api) {
    this.api = api;
    try (InputStream in = document.openStream()) {
      this.document = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] withServer(byte[] document, URI api) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Map<String, ?> format = Map.of(JsonGenerator.PRETTY_PRINTING, true);
    try (JsonReader reader = Json.createReader(new ByteArrayInputStream(document));
        JsonWriter writer = Json.createWriterFactory(format).createWriter(out)) {
      JsonObject read = reader.readObject();
      writer.writeObject(
          Json.createPointer("/servers/0/url").replace(read, Json.createValue(api.toString())));
    }
    return out.toByteArray();
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(operationId = "getOpenApiDocument", summary = "This document")
  @ApiResponse(
      responseCode = "200",
      description = "An OpenAPI 3.1 document",
      content = @Content(schema = @Schema(types = "object")))
  public synchronized byte[] get() {
    // Parsing the document takes time. Therefore the first request parses it, and not the
    // constructor.
    if (api != null) {
      document = withServer(document, api);
      api = null;
    }
    return document;
  }
}
