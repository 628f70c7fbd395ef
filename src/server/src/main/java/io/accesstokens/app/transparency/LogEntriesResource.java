package io.accesstokens.app.transparency;

import io.accesstokens.auth.header.HeaderElement;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.token.Permissions;
import io.accesstokens.transparency.TransparencyLog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** {@code /access-tokens/log/tile/entries}: the entries of the log, which are never public. */
@Path("access-tokens/log/tile/entries")
@Tag(name = "Transparency log")
@CommonErrors
public class LogEntriesResource extends BaseLogResource {

  private static final String GZIP = "gzip";

  /**
   * Creates the resource.
   *
   * @param log the log; null if this installation has none. The responses are then 404
   */
  public LogEntriesResource(@Nullable TransparencyLog log) {
    super(log, false);
  }

  @GET
  @Path("{bundle: .+}")
  @RolesAllowed(Permissions.LOG_READ)
  @Operation(
      operationId = "getLogEntries",
      summary = "Get a bundle of entries of the audit log (c2sp.org/tlog-tiles)")
  @ApiResponse(
      responseCode = "200",
      description =
          "Up to 256 entries, each after its length (16 bits). An entry is an audit event as"
              + " canonical JSON (RFC 8785). The response is compressed if the request accepts gzip",
      content =
          @Content(
              mediaType = "application/octet-stream",
              schema = @Schema(types = "string", format = "binary")))
  @ApiResponse(
      responseCode = "404",
      description = "The log has no such bundle, or has moved it to an archive")
  public Response entries(
      @Parameter(
              description = "Index of the bundle, and the width of a partial bundle",
              example = "000.p/1")
          @PathParam("bundle")
          String bundle) {
    return respond(
        () -> {
          byte[] content = content(tileAt("entries/" + bundle));
          boolean compress = acceptsGzip(headers.getRequestHeader(HttpHeaders.ACCEPT_ENCODING));
          Response.ResponseBuilder response =
              bytes(compress ? compressed(content) : content)
                  // This header replaces the header of CorsFilter, so it must contain both names.
                  .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING + ", Origin");
          if (compress) {
            response.header(HttpHeaders.CONTENT_ENCODING, GZIP);
          }
          return response.build();
        });
  }

  private static boolean acceptsGzip(@Nullable List<String> values) {
    return values != null
        && HeaderElement.list(values).stream()
            .anyMatch(coding -> coding.name().equals(GZIP) && coding.quality() > 0);
  }

  private static byte[] compressed(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot happen, because the stream is in memory
    }
    return bytes.toByteArray();
  }
}
