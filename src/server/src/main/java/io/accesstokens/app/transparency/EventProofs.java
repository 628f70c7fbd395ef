package io.accesstokens.app.transparency;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.token.Actor;
import io.accesstokens.transparency.TransparencyLog;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The base class of the resources that prove that an event is in the log. */
abstract class EventProofs extends LogResponses {

  /** Describes the responses in the OpenAPI description. */
  @ApiResponse(
      responseCode = "200",
      description =
          "A proof that can be verified offline (c2sp.org/tlog-proof), with the entry as extra"
              + " data",
      content = @Content(mediaType = "text/plain", schema = @Schema(types = "string")))
  @ApiResponse(
      responseCode = "404",
      description =
          "No such token or event. An event is in the log at most two seconds after its response."
              + " It is no longer there after it was moved to an archive")
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @interface Responses {}

  /** The description of the parameter with the id of an event. */
  static final String EVENT = "The id of the event";

  /** The id of an event in the OpenAPI description. */
  static final String EXAMPLE = "0b1f7c8e-6a3d-4c1e-9f52-2d8f4a7c9b10";

  EventProofs(@Nullable TransparencyLog log) {
    super(log, false);
  }

  /**
   * Returns the proof of an event. The status is 404 if an id is malformed, or if the log has no
   * such event.
   *
   * @param access throws an exception if the caller must not read the token
   */
  final Response proof(String id, String event, BiConsumer<Actor, UUID> access) {
    return answer(
        () -> {
          UUID token = uuid(id).orElseThrow(NotFoundException::new);
          access.accept(Callers.actor(security.getUserPrincipal()), token);
          String proof =
              uuid(event)
                  .flatMap(eventId -> log().proof(token, eventId))
                  .orElseThrow(NotFoundException::new)
                  .text();
          return Response.ok(proof.getBytes(StandardCharsets.UTF_8)).type(TEXT).build();
        });
  }
}
