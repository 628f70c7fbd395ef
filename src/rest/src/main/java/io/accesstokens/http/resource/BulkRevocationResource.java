package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.input.RequestSchemas;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.revocation.RevocationOutcomes;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;

/** {@code /access-tokens/service/revoke}: revokes several service tokens with one request. */
@Path("access-tokens/service/revoke")
@Tag(name = "Service tokens")
@CommonErrors
public class BulkRevocationResource extends BaseResource {

  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_REVOKE)
  @Operation(
      operationId = "revokeServiceTokens",
      summary = "Revoke several service tokens permanently, in one transaction")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = BulkRevocationRequest.class)))
  @ApiResponse(
      responseCode = "200",
      description =
          "No verifier accepts any of the revoked tokens any more, including those"
              + " that were revoked before",
      useReturnTypeSchema = true)
  @BodyErrors
  public BulkRevocationResponse revoke(@Parameter(hidden = true) InputStream body) {
    return respond(
        () ->
            BulkRevocationResponse.of(
                tokenService()
                    .revokeAll(
                        Callers.actor(security),
                        RequestSchemas.revocations(JsonBody.read(headers, body)))));
  }

  /** The body of a request: the ids of the tokens to revoke, and the reason. */
  @Schema(
      name = "BulkRevocation",
      example =
          "{\"ids\": [\"3b822898-9c04-4653-9e86-6806b61552a8\"], \"reason\": \"the service was shut down\"}")
  record BulkRevocationRequest(
      @ArraySchema(
              minItems = 1,
              maxItems = 500,
              schema = @Schema(type = "string", format = "uuid"),
              arraySchema =
                  @Schema(
                      description =
                          "The ids of the tokens. An id that occurs several times counts once"))
          List<String> ids,
      @Schema(
              minLength = 1,
              maxLength = 500,
              description = "The text is trimmed before it is checked")
          String reason) {}

  /** The result for each id in a request. Each list contains ids in the order of the request. */
  @JsonbPropertyOrder({"revoked", "alreadyRevoked", "notFound"})
  @Schema(name = "BulkRevocationResult", description = "The result for each id")
  public record BulkRevocationResponse(
      @Schema(description = "The ids of the tokens that this call revoked") List<String> revoked,
      @Schema(description = "The ids of the tokens that were revoked before")
          List<String> alreadyRevoked,
      @Schema(description = "The ids for which there is no token that the caller may revoke")
          List<String> notFound)
      implements ResponseBody {

    static BulkRevocationResponse of(RevocationOutcomes outcomes) {
      return new BulkRevocationResponse(
          texts(outcomes.idsWith(Revocation.DONE)),
          texts(outcomes.idsWith(Revocation.ALREADY_REVOKED)),
          texts(outcomes.idsWith(Revocation.NOT_FOUND)));
    }

    private static List<String> texts(List<UUID> ids) {
      return ids.stream().map(UUID::toString).toList();
    }
  }
}
