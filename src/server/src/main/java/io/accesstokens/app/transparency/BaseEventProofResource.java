package io.accesstokens.app.transparency;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.transparency.TransparencyLog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The base class of the resources that prove that an event of a token is in the log. */
public abstract class BaseEventProofResource extends BaseLogResource {

  /** The OpenAPI description of the responses to a request for a proof. */
  @ApiResponse(
      responseCode = "200",
      description =
          "A proof that can be verified offline (c2sp.org/tlog-proof), with the entry as extra"
              + " data",
      content = @Content(mediaType = "text/plain", schema = @Schema(types = "string")))
  @ApiResponse(
      responseCode = "404",
      description =
          "There is no such token, or the log does not contain the event. The log contains an event at"
              + " most two seconds after the response of the request that caused the event. The log"
              + " does not contain events that were moved to an archive")
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @interface Responses {}

  final ServiceTokenService tokens;

  /**
   * Creates a resource.
   *
   * @param log the log; null if this installation has none. The responses are then 404
   */
  BaseEventProofResource(@Nullable TransparencyLog log, ServiceTokenService tokens) {
    super(log, false);
    this.tokens = tokens;
  }

  final PersonalTokenService personal() {
    return tokens.personal().orElseThrow(NotFoundException::new);
  }

  /**
   * Returns the proof of an event. The status is 404 if an id is malformed, or if the log has no
   * such event.
   *
   * @param access throws an exception if the caller must not read the token
   */
  final Response proof(String id, String event, BiConsumer<Actor, UUID> access) {
    return respond(
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

  /**
   * {@code /access-tokens/service/ID/audit/EVENT/proof}: the proof of an event of a service token.
   */
  @Path("access-tokens/service/{id}/audit/{eventId}/proof")
  @Tag(name = "Service tokens")
  @CommonErrors
  public static final class ServiceTokenProofResource extends BaseEventProofResource {

    public ServiceTokenProofResource(@Nullable TransparencyLog log, ServiceTokenService tokens) {
      super(log, tokens);
    }

    @GET
    @RolesAllowed(Permissions.SERVICE_READ)
    @Operation(
        operationId = "getServiceTokenEventProof",
        summary = "Prove that an audit event of a service token is in the audit log")
    @Responses
    public Response get(@PathParam("id") String id, @PathParam("eventId") String event) {
      return proof(id, event, tokens::get);
    }
  }

  /**
   * {@code /access-tokens/personal/ID/audit/EVENT/proof}: the proof of an event of a personal
   * token.
   */
  @Path("access-tokens/personal/{id}/audit/{eventId}/proof")
  @Tag(name = "Personal tokens")
  @CommonErrors
  public static final class PersonalTokenProofResource extends BaseEventProofResource {

    public PersonalTokenProofResource(@Nullable TransparencyLog log, ServiceTokenService tokens) {
      super(log, tokens);
    }

    @GET
    @RolesAllowed(Permissions.USER_READ)
    @Operation(
        operationId = "getPersonalTokenEventProof",
        summary = "Prove that an audit event of a personal token is in the audit log")
    @Responses
    public Response get(@PathParam("id") String id, @PathParam("eventId") String event) {
      return proof(id, event, (actor, token) -> personal().get(actor, token));
    }
  }

  /**
   * {@code /access-tokens/user-tokens/ID/audit/EVENT/proof}: the proof of an event of a personal
   * token of any user.
   */
  @Path("access-tokens/user-tokens/{id}/audit/{eventId}/proof")
  @Tag(name = "Personal tokens")
  @CommonErrors
  public static final class UserTokenProofResource extends BaseEventProofResource {

    public UserTokenProofResource(@Nullable TransparencyLog log, ServiceTokenService tokens) {
      super(log, tokens);
    }

    @GET
    @RolesAllowed(Permissions.USER_ADMIN)
    @Operation(
        operationId = "getUserTokenEventProof",
        summary = "Prove that an audit event of a personal token of any user is in the audit log")
    @Responses
    public Response get(@PathParam("id") String id, @PathParam("eventId") String event) {
      return proof(id, event, (actor, token) -> personal().administration().get(actor, token));
    }
  }
}
