package io.accesstokens.app.transparency;

import io.accesstokens.http.resource.BaseResource;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.Tile;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.transparency.TransparencyLog;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Base class of the resources of the transparency log. Contains the responses with checkpoints,
 * tiles and keys.
 */
abstract class BaseLogResource extends BaseResource {

  static final String TEXT = "text/plain;charset=utf-8";

  private static final String SHARED_FOR_A_YEAR = "public, max-age=31536000, immutable";

  private final @Nullable TransparencyLog log;
  private final boolean published;

  /**
   * Creates a resource.
   *
   * @param log the log; null if this installation has none. The responses are then 404
   * @param published true if shared caches can keep the checkpoint and the hashes
   */
  BaseLogResource(@Nullable TransparencyLog log, boolean published) {
    this.log = log;
    this.published = published;
  }

  final TransparencyLog log() {
    if (log == null) {
      throw new NotFoundException();
    }
    return log;
  }

  final Response checkpointResponse() {
    return noteResponse(TransparencyLog::checkpoint);
  }

  /**
   * Returns the response with a cosigned checkpoint.
   *
   * @param witness the verifier key of a witness; null for the checkpoint with the most
   *     cosignatures
   */
  final Response cosignedCheckpointResponse(@Nullable String witness) {
    return noteResponse(
        log -> witness == null ? log.cosignedCheckpoint() : log.cosignedCheckpoint(witness));
  }

  private Response noteResponse(Function<TransparencyLog, Optional<String>> source) {
    return respond(
        () -> {
          byte[] note =
              source
                  .apply(log())
                  .orElseThrow(NotFoundException::new)
                  .getBytes(StandardCharsets.UTF_8);
          Response.ResponseBuilder response = Response.ok(note).type(TEXT);
          if (published) {
            response.header(HttpHeaders.CACHE_CONTROL, "public, max-age=1");
          }
          return response.build();
        });
  }

  final Response keyResponse() {
    return respond(
        () -> {
          String keys =
              log().keys().stream()
                  .map(VerifierKey::toString)
                  .collect(Collectors.joining("\n", "", "\n"));
          return Response.ok(keys.getBytes(StandardCharsets.UTF_8)).type(TEXT).build();
        });
  }

  /**
   * Returns the tile with a path below {@code tile/}. Throws {@link NotFoundException} if the path
   * is malformed.
   */
  static Tile tileAt(String path) {
    try {
      return Tile.parse("tile/" + path);
    } catch (LogFormatException e) {
      throw new NotFoundException();
    }
  }

  /**
   * Returns the content of a tile. Throws {@link NotFoundException} if the log has no such tile.
   */
  final byte[] content(Tile tile) {
    return log().content(tile).orElseThrow(NotFoundException::new);
  }

  final Response hashesResponse(String path) {
    return respond(
        () -> {
          Tile tile = tileAt(path);
          // The path is decoded after the selection of the resource, so "%65ntries" arrives here.
          if (tile.hasEntries()) {
            throw new NotFoundException();
          }
          Response.ResponseBuilder response = bytes(content(tile));
          if (published) {
            response.header(HttpHeaders.CACHE_CONTROL, SHARED_FOR_A_YEAR);
          }
          return response.build();
        });
  }

  /** Returns a response with bytes. The default of {@code Cache-Control} is {@code no-store}. */
  static Response.ResponseBuilder bytes(byte[] content) {
    return Response.ok(content).type("application/octet-stream");
  }
}
