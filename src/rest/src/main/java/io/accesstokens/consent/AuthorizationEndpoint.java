package io.accesstokens.consent;

import com.nimbusds.oauth2.sdk.AuthorizationErrorResponse;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.mint.MintFlow;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.mint.OneTimeCode;
import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.oauth.Issuer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /auth/v1/authorize}: redirects a browser to the consent page (RFC 6749, section 3.1).
 * Requests must use PKCE with the method S256 (RFC 7636).
 *
 * <p>The endpoint needs no session. If the browser has no session, the consent page redirects the
 * browser to the sign-in page. After the sign-in, the browser returns to the consent page.
 *
 * <p>The parameter {@code state} identifies the mint flow, which is a pending request for a
 * personal token ({@link MintFlow}). Only the client that has started the mint flow knows the
 * {@code state}.
 */
@Path(AuthorizationServer.AUTHORIZATION_PATH)
@Tag(name = "OAuth")
public final class AuthorizationEndpoint extends BaseMintFlowResource {

  /** Maximum length of the query of an authorization request, in characters. */
  private static final int MAX_QUERY_LENGTH = 4_000;

  /**
   * Creates the endpoint. If either parameter is null, the endpoint responds with 404.
   *
   * @param flows the service for mint flows; null if personal tokens are disabled
   * @param issuer the issuer; null if the public URL of this service is not known
   */
  public AuthorizationEndpoint(@Nullable MintFlows flows, @Nullable Issuer issuer) {
    super(flows, issuer);
  }

  /**
   * Redirects the browser to the consent page, or to the client with an error. If the request does
   * not name the client, its redirect URI and an undecided flow, {@link #refused} determines the
   * response.
   */
  @GET
  @PermitAll
  @Operation(
      operationId = "startAuthorization",
      summary = "Redirect a browser to the consent page (RFC 6749, section 3.1)",
      description =
          "For the built-in client. The whole URL is authorizeUrl of the mint flow. Not available"
              + " within a host's application. If the client, redirect_uri or state is wrong, the"
              + " response is 400, or for a browser a redirect to a page of this service.")
  @Parameter(
      name = "response_type",
      in = ParameterIn.QUERY,
      required = true,
      example = "code",
      schema = @Schema(type = "string", allowableValues = "code"))
  @Parameter(
      name = "client_id",
      in = ParameterIn.QUERY,
      required = true,
      example = MintClient.ID,
      schema = @Schema(type = "string", allowableValues = MintClient.ID))
  @Parameter(
      name = "redirect_uri",
      in = ParameterIn.QUERY,
      required = true,
      example = "http://127.0.0.1:8080/api/access-tokens/personal/mint/callback",
      description = "The redirect URI of the client, compared character by character",
      schema = @Schema(type = "string", format = "uri"))
  @Parameter(
      name = "state",
      in = ParameterIn.QUERY,
      required = true,
      example = "…",
      description = "The state of an undecided flow",
      schema = @Schema(type = "string"))
  @Parameter(
      name = "code_challenge",
      in = ParameterIn.QUERY,
      required = true,
      example = "…",
      description = "The code challenge of the same flow",
      schema = @Schema(type = "string"))
  @Parameter(
      name = "code_challenge_method",
      in = ParameterIn.QUERY,
      required = true,
      example = "S256",
      schema = @Schema(type = "string", allowableValues = "S256"))
  @Parameter(
      name = "scope",
      in = ParameterIn.QUERY,
      description = "If present: the scopes of the flow, separated by spaces",
      schema = @Schema(type = "string"))
  @ApiResponse(
      responseCode = "302",
      description =
          "Redirect to the consent page, or to the client with an error (RFC 6749,"
              + " section 4.1.2.1)",
      headers = @Header(name = "Location", ref = "Redirect"))
  @ApiResponse(responseCode = "400", ref = "OAuthBadRequest")
  @ApiResponse(responseCode = "401", ref = "OAuthUnauthenticated")
  @ApiResponse(responseCode = "403", ref = "OAuthForbidden")
  @ApiResponse(responseCode = "404", ref = "OAuthNotFound")
  @ApiResponse(responseCode = "405", ref = "OAuthMethodNotAllowed")
  @ApiResponse(responseCode = "429", ref = "OAuthTooManyRequests")
  @ApiResponse(responseCode = "500", ref = "OAuthInternalError")
  @ApiResponse(responseCode = "503", ref = "OAuthUnavailable")
  public Response authorize() {
    return respond(
        () -> {
          MintFlows flows = flows();
          MintClient client = client();
          Map<String, List<String>> parameters = parameters(uri.getRequestUri());
          Optional<OneTimeCode> state = single(parameters, "state").flatMap(OneTimeCode::parse);
          // A redirect to the client is safe only if the redirect URI is the client's redirect URI.
          if (isTooLong(uri.getRequestUri())) {
            return refused("invalid_request", "the query is too long");
          }
          if (state.isEmpty() || !client.isNamedBy(parameters)) {
            return refused(
                "invalid_request",
                "client_id, redirect_uri and state must be those of authorizeUrl");
          }
          if (parameters.values().stream().anyMatch(values -> values.size() > 1)) {
            return redirectToClient(client, OAuth2Error.INVALID_REQUEST, state.get());
          }
          try {
            AuthorizationRequest request = AuthorizationRequest.parse(parameters);
            Optional<MintFlow> flow = flows.undecided(state.get());
            Optional<ErrorObject> error = errorMessage(request);
            if (error.isPresent()) {
              return redirectToClient(client, error.get(), state.get());
            }
            if (flow.isEmpty()) {
              return refused(
                  "expired", "no undecided token request has this state; it may have expired");
            }
            return checkFlowAndRedirect(client, request, flow.get(), state.get());
          } catch (ParseException | IllegalArgumentException e) {
            return redirectToClient(client, OAuth2Error.INVALID_REQUEST, state.get());
          }
        });
  }

  static boolean isTooLong(URI request) {
    String query = request.getRawQuery();
    return query != null && query.length() > MAX_QUERY_LENGTH;
  }

  private static Optional<ErrorObject> errorMessage(AuthorizationRequest request) {
    if (!ResponseType.CODE.equals(request.getResponseType())) {
      return Optional.of(OAuth2Error.UNSUPPORTED_RESPONSE_TYPE);
    }
    ResponseMode mode = request.getResponseMode();
    boolean known = mode == null || mode.equals(ResponseMode.QUERY);
    boolean proved =
        request.getCodeChallenge() != null
            && CodeChallengeMethod.S256.equals(request.getCodeChallengeMethod());
    return known && proved && !request.specifiesRequestObject()
        ? Optional.empty()
        : Optional.of(OAuth2Error.INVALID_REQUEST);
  }

  /**
   * Redirects the browser to the consent page, or to the client with an error if the request does
   * not match the flow.
   */
  private Response checkFlowAndRedirect(
      MintClient client, AuthorizationRequest request, MintFlow flow, OneTimeCode state) {
    if (!flow.codeChallenge().equals(request.getCodeChallenge().getValue())) {
      return redirectToClient(client, OAuth2Error.INVALID_REQUEST, state);
    }
    if (request.getScope() != null
        && !Set.copyOf(request.getScope().toStringList())
            .equals(Set.copyOf(flow.request().scopes()))) {
      return redirectToClient(client, OAuth2Error.INVALID_SCOPE, state);
    }
    return redirectToPage(CONSENT_PAGE + "?flow=" + flow.id());
  }

  /**
   * Redirects the browser to the client with an error. The redirect URL contains only the error
   * code and the state.
   */
  private static Response redirectToClient(
      MintClient client, ErrorObject error, OneTimeCode state) {
    URI to =
        new AuthorizationErrorResponse(
                client.redirectUri(),
                new ErrorObject(error.getCode()),
                new State(state.reveal()),
                ResponseMode.QUERY)
            .toURI();
    return redirect(to.toString());
  }

  /**
   * Redirects the browser to the consent page, which shows the error to the user. Call this method
   * if a redirect to the client is not safe, or if the flow has expired.
   *
   * @throws MalformedRequestException with the description, if the request is not a navigation of a
   *     browser (header {@code Sec-Fetch-Mode})
   */
  private Response refused(String error, String description) {
    List<String> modes = headers.getRequestHeader("Sec-Fetch-Mode");
    if (modes == null || !modes.contains("navigate")) {
      throw new MalformedRequestException(description);
    }
    return redirectToPage(CONSENT_PAGE + "?error=" + error);
  }
}
