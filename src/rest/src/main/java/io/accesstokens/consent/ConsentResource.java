package io.accesstokens.consent;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationErrorResponse;
import com.nimbusds.oauth2.sdk.AuthorizationResponse;
import com.nimbusds.oauth2.sdk.AuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.id.State;
import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.mint.MintFlowNotFoundException;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.mint.SessionCaller;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.Violation;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code /auth/v1/consent/{id}}: returns the content of the consent page and accepts the user's
 * decision. The {@code id} identifies a mint flow, which is a pending request for a personal token.
 *
 * <p>A request with a credential other than a session gets 403. If a session has started the mint
 * flow, a request in another session gets 404. If a JWT has started the flow, a request in a
 * session of another user gets 404.
 */
@Path("auth/v1/consent/{id}")
@Tag(name = "OAuth")
@CommonErrors
public final class ConsentResource extends BaseMintFlowResource {

  private final Map<WebOrigin, String> applications;

  /**
   * Creates the resource. If the first or the second parameter is null, the resource responds with
   * 404.
   *
   * @param flows the service for mint flows; null if personal tokens are disabled
   * @param issuer the issuer; null if the public URL of this service is not known
   * @param applications the display names of the known applications, by origin
   */
  public ConsentResource(
      @Nullable MintFlows flows, @Nullable Issuer issuer, Map<WebOrigin, String> applications) {
    super(flows, issuer);
    this.applications = Map.copyOf(applications);
  }

  /** Describes the client of a mint flow, and the personal token that the client requests. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_WRITE)
  @Operation(
      operationId = "getConsentRequest",
      summary = "Get a pending request for a personal token",
      description = "In a session. Not within a host's application.")
  @ApiResponse(
      responseCode = "200",
      description = "The requested token",
      useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "This session has no such undecided flow")
  public ConsentResponse get(@PathParam("id") String id) {
    return respond(
        () -> ConsentResponse.of(flows().undecided(caller(), flowId(id)), client(), applications));
  }

  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_WRITE)
  @Operation(
      operationId = "decideConsentRequest",
      summary = "Allow or deny the request, once",
      description = "In a session. Not within a host's application.")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = ConsentDecisionRequest.class)))
  @ApiResponse(
      responseCode = "200",
      description = "Where the browser has to go now",
      useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "This session has no such undecided flow")
  @BodyErrors
  public ConsentResponse.ConsentDecisionResponse decide(
      @PathParam("id") String id, @Parameter(hidden = true) InputStream body) {
    return respond(
        () -> {
          MintFlows flows = flows();
          SessionCaller caller = caller();
          UUID flow = flowId(id);
          boolean allowed = allows(JsonBody.read(headers, body));
          return new ConsentResponse.ConsentDecisionResponse(
              toResponse(flows.decide(caller, flow, allowed)).toURI().toString());
        });
  }

  private AuthorizationResponse toResponse(MintFlows.DecidedFlow decided) {
    State state = new State(decided.state().reveal());
    return decided
        .code()
        .<AuthorizationResponse>map(
            code ->
                new AuthorizationSuccessResponse(
                    client().redirectUri(),
                    new AuthorizationCode(code.reveal()),
                    null,
                    state,
                    ResponseMode.QUERY))
        .orElseGet(
            () ->
                new AuthorizationErrorResponse(
                    client().redirectUri(),
                    new ErrorObject(OAuth2Error.ACCESS_DENIED_CODE),
                    state,
                    ResponseMode.QUERY));
  }

  private static boolean allows(JsonBody body) {
    String decision = body.string("decision");
    List<Violation> violations = new ArrayList<>(body.violations());
    if (violations.isEmpty() && !"allow".equals(decision) && !"deny".equals(decision)) {
      violations.add(new Violation("decision", "must be allow or deny"));
    }
    if (!violations.isEmpty()) {
      throw new InvalidRequestException(violations);
    }
    return "allow".equals(decision);
  }

  private static UUID flowId(String text) {
    return uuid(text).orElseThrow(MintFlowNotFoundException::new);
  }

  /** The body of a request that allows or denies the creation of a token. */
  @Schema(name = "ConsentDecision", example = "{\"decision\": \"allow\"}")
  record ConsentDecisionRequest(@Schema(allowableValues = {"allow", "deny"}) String decision) {}
}
