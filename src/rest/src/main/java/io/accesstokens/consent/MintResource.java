package io.accesstokens.consent;

import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.AuthorizationResponse;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.input.RequestSchemas;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.mint.MintFlow;
import io.accesstokens.mint.MintFlowNotFoundException;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.mint.OneTimeCode;
import io.accesstokens.mint.SessionCaller;
import io.accesstokens.mint.SessionRequiredException;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.Violation;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code /access-tokens/personal/mint}: the steps of the mint flow that the built-in client
 * performs. The resource starts a mint flow, handles the redirect after the user's decision, and
 * returns the new token to the page.
 */
@Path(MintResource.PATH)
@Tag(name = "Personal tokens")
@CommonErrors
public final class MintResource extends BaseMintFlowResource {

  static final String PATH = "access-tokens/personal/mint";

  /**
   * The path of the callback, relative to the API root. After the user's decision, the consent page
   * redirects the browser to this path.
   */
  static final String CALLBACK = PATH + "/callback";

  private static final List<String> NO_ORIGIN = List.of("null");

  /**
   * Creates the resource. If either parameter is null, the resource responds with 404.
   *
   * @param flows the service for mint flows; null if personal tokens are disabled
   * @param issuer the issuer; null if the public URL of this service is not known
   */
  public MintResource(@Nullable MintFlows flows, @Nullable Issuer issuer) {
    super(flows, issuer);
  }

  /** Starts a mint flow, which creates a personal token after the user has consented. */
  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_WRITE)
  @Operation(
      operationId = "startMintFlow",
      summary = "Request a personal token that is created when its user consents",
      description =
          "Needs a session, to which the flow is bound, or a JWT of a trusted issuer. After a JWT,"
              + " the user decides in any of their sessions. The fields are those of"
              + " createPersonalToken. The consent page finds the application's name in the settings,"
              + " by the header Origin, which browsers send. Not available within a host's application.")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(ref = "#/components/schemas/NewPersonalToken")))
  @ApiResponse(
      responseCode = "200",
      description = "The flow, and the URL at which the browser continues",
      useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "Mint flows are not available")
  @ApiResponse(
      responseCode = "409",
      description =
          "The caller has an unrevoked token with that name, or the maximum number of tokens")
  @BodyErrors
  public MintResponse start(@Parameter(hidden = true) InputStream body) {
    return respond(
        () -> {
          MintFlows flows = flows();
          MintFlows.StartedFlow started = start(flows, body);
          MintFlow flow = started.flow();
          return new MintResponse(
              flow.id().toString(),
              authorizeUrl(started),
              started.state().reveal(),
              ServiceTokenResponses.text(flow.expiresAt()));
        });
  }

  private MintFlows.StartedFlow start(MintFlows flows, InputStream body) {
    Optional<SessionCaller> caller = sessionCaller();
    if (caller.isPresent()) {
      return flows.start(
          caller.get(), RequestSchemas.newPersonalToken(JsonBody.read(headers, body)), origin());
    }
    Actor.Person user = userByBearer().orElseThrow(SessionRequiredException::new);
    return flows.startWithoutSession(
        user, RequestSchemas.newPersonalToken(JsonBody.read(headers, body)), origin());
  }

  /**
   * Returns the origin of the page that sent the request. Returns null in these cases:
   *
   * <ul>
   *   <li>The request has no {@code Origin} header.
   *   <li>The value is {@code null}. Browsers send this value for a page without an origin.
   *   <li>The scheme is neither HTTP nor HTTPS, for example the scheme of a browser extension.
   * </ul>
   *
   * @throws MalformedRequestException if the header {@code Origin} is not an origin
   */
  private @Nullable WebOrigin origin() {
    List<String> sent = headers.getRequestHeader("Origin");
    if (sent == null || sent.isEmpty() || sent.equals(NO_ORIGIN)) {
      return null;
    }
    Optional<WebOrigin> origin = sent.size() == 1 ? WebOrigin.parse(sent.get(0)) : Optional.empty();
    if (origin.isEmpty()) {
      throw new MalformedRequestException("Origin must be one origin, or null");
    }
    return origin.filter(WebOrigin::isHttp).orElse(null);
  }

  /** Returns the user if the request has a JWT of a trusted issuer; otherwise empty. */
  private Optional<Actor.Person> userByBearer() {
    return AccessTokensFeature.SCHEME.equals(security.getAuthenticationScheme())
            && security.getUserPrincipal() instanceof Actor.Person person
        ? Optional.of(person)
        : Optional.empty();
  }

  private String authorizeUrl(MintFlows.StartedFlow started) {
    MintClient client = client();
    AuthorizationRequest.Builder request =
        new AuthorizationRequest.Builder(ResponseType.CODE, new ClientID(client.id()))
            .endpointURI(issuer().authorizationEndpoint())
            .redirectionURI(client.redirectUri())
            .state(new State(started.state().reveal()))
            .codeChallenge(new CodeVerifier(started.verifier().reveal()), CodeChallengeMethod.S256);
    String url = request.build().toURI().toString();
    List<String> scopes = started.flow().request().scopes();
    if (scopes.isEmpty()) {
      return url;
    }
    URI withScopes = request.scope(new Scope(scopes.toArray(String[]::new))).build().toURI();
    // The parameter is optional.
    return AuthorizationEndpoint.isTooLong(withScopes) ? url : withScopes.toString();
  }

  /**
   * Handles the redirect after the user's decision. Redirects the browser to the page of personal
   * tokens.
   */
  @GET
  @Path("callback")
  @PermitAll
  @Operation(
      operationId = "finishMintFlow",
      summary = "Redirect a browser from the consent page to the page of personal tokens",
      description =
          "For the redirect of RFC 6749, section 4.1.2. The fragment of the address"
              + " is personal-access-tokens-mint= or personal-access-tokens-mint-error="
              + " with JSON in base64url: a code that is valid once, for one minute, in"
              + " this session; or an error.")
  @Parameter(name = "code", in = ParameterIn.QUERY, schema = @Schema(type = "string"))
  @Parameter(name = "state", in = ParameterIn.QUERY, schema = @Schema(type = "string"))
  @Parameter(name = "error", in = ParameterIn.QUERY, schema = @Schema(type = "string"))
  @ApiResponse(
      responseCode = "302",
      description = "Redirect to the page, with the result",
      headers = @Header(name = "Location", ref = "Redirect"))
  @ApiResponse(responseCode = "404", description = "Mint flows are not available")
  public Response callback() {
    return respond(
        () -> {
          MintFlows flows = flows();
          MintFragment fragment;
          try {
            fragment =
                sessionCaller()
                    .map(caller -> outcome(flows, caller, parameters(uri.getRequestUri())))
                    .orElse(MintFragment.LOGIN_REQUIRED);
          } catch (MintFlowNotFoundException e) {
            fragment = MintFragment.EXPIRED;
          } catch (StoreUnavailableException e) {
            fragment = MintFragment.UNAVAILABLE;
          }
          return redirectToPage(TOKENS_PAGE + '#' + fragment.text());
        });
  }

  private MintFragment outcome(
      MintFlows flows, SessionCaller caller, Map<String, List<String>> parameters) {
    Optional<OneTimeCode> state = single(parameters, "state").flatMap(OneTimeCode::parse);
    AuthorizationResponse response;
    try {
      response = AuthorizationResponse.parse(client().redirectUri(), parameters);
    } catch (ParseException | IllegalArgumentException e) {
      // The parser also throws an IllegalArgumentException if a value is invalid.
      return MintFragment.INVALID_REQUEST;
    }
    if (state.isEmpty() || parameters.values().stream().anyMatch(values -> values.size() > 1)) {
      return MintFragment.INVALID_REQUEST;
    }
    if (!response.indicatesSuccess()) {
      ErrorObject error = response.toErrorResponse().getErrorObject();
      // The error is null if the query has a JWT in the parameter response.
      if (error == null || !OAuth2Error.ACCESS_DENIED_CODE.equals(error.getCode())) {
        return MintFragment.INVALID_REQUEST;
      }
      flows.deleteDenied(caller, state.get());
      return MintFragment.ACCESS_DENIED;
    }
    return single(parameters, "code")
        .flatMap(OneTimeCode::parse)
        .map(code -> MintFragment.of(flows.redeem(caller, state.get(), code)))
        .orElse(MintFragment.INVALID_REQUEST);
  }

  /** Creates the personal token that the user has allowed, and returns the raw token. */
  @POST
  @Path("pickup")
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.USER_WRITE)
  @Operation(
      operationId = "pickUpMintedToken",
      summary = "Exchange the code of the page's fragment for the new token and its secret",
      description = "In the session that began the flow, once. Not within a host's application.")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = PickUpRequest.class)))
  @ApiResponse(
      responseCode = "201",
      description = "The token with its secret, which is shown only in this response",
      headers = @Header(name = "Location", ref = "Location"),
      content = @Content(schema = @Schema(ref = "#/components/schemas/CreatedPersonalToken")))
  @ApiResponse(responseCode = "404", description = "The code is unknown, used or expired")
  @ApiResponse(
      responseCode = "409",
      description =
          "The caller has an unrevoked token with that name, or the maximum number of tokens")
  @BodyErrors
  public Response pickUp(@Parameter(hidden = true) InputStream body) {
    return respond(
        () -> {
          MintFlows flows = flows();
          SessionCaller caller = caller();
          OneTimeCode code = code(JsonBody.read(headers, body));
          return createdPersonalToken(uri, flows.createToken(caller, code));
        });
  }

  private static OneTimeCode code(JsonBody body) {
    String code = body.string("code");
    List<Violation> violations = new ArrayList<>(body.violations());
    if (code == null && violations.isEmpty()) {
      violations.add(new Violation("code", "is required"));
    }
    if (code == null || !violations.isEmpty()) {
      throw new InvalidRequestException(violations);
    }
    return OneTimeCode.parse(code).orElseThrow(MintFlowNotFoundException::new);
  }

  /** The body of a request that exchanges a code for a new personal token. */
  @Schema(name = "MintPickUp", example = "{\"code\": \"…\"}")
  record PickUpRequest(@Schema(description = "The code in the page's fragment") String code) {

    /** Returns a fixed text that contains no secret. */
    @Override
    public String toString() {
      return "PickUpRequest[redacted]";
    }
  }
}
