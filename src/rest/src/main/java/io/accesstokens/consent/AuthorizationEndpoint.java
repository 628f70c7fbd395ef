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
import io.accesstokens.mint.MintFlow;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.mint.OneTimeCode;
import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.oauth.Issuer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
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
 * browser to the sign-in page. After the sign-in, the browser returns to the consent page. The
 * parameter {@code state} identifies the mint flow. Only the browser that has begun the mint flow
 * knows the {@code state}.
 */
@Path(AuthorizationServer.AUTHORIZATION_PATH)
@Tag(name = "OAuth")
public final class AuthorizationEndpoint extends MintFlowResource {

  private static final String OAUTH_ERROR = "#/components/schemas/OAuthError";

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

  /** Redirects the browser to the consent page, or to the client with an error. */
  @GET
  @PermitAll
  @SecurityRequirements
  @Operation(
      operationId = "authorize",
      summary = "Redirect a browser to the consent page (RFC 6749, section 3.1)",
      description =
          "For the built-in client; the whole address is authorizeUrl of the mint flow. Not within"
              + " a host's application.")
  @Parameter(
      name = "response_type",
      in = ParameterIn.QUERY,
      required = true,
      schema = @Schema(type = "string", allowableValues = "code"))
  @Parameter(
      name = "client_id",
      in = ParameterIn.QUERY,
      required = true,
      schema = @Schema(type = "string", allowableValues = MintClient.ID))
  @Parameter(
      name = "redirect_uri",
      in = ParameterIn.QUERY,
      required = true,
      description = "The redirect URI of the client, compared character by character",
      schema = @Schema(type = "string", format = "uri"))
  @Parameter(
      name = "state",
      in = ParameterIn.QUERY,
      required = true,
      description = "The state of an undecided flow",
      schema = @Schema(type = "string"))
  @Parameter(
      name = "code_challenge",
      in = ParameterIn.QUERY,
      required = true,
      description = "The code challenge of the same flow",
      schema = @Schema(type = "string"))
  @Parameter(
      name = "code_challenge_method",
      in = ParameterIn.QUERY,
      required = true,
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
              + " section 4.1.2.1)")
  @ApiResponse(
      responseCode = "400",
      description =
          "Client, redirect_uri or state are wrong; a browser is redirected to a page" + " instead",
      content =
          @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OAUTH_ERROR)))
  @ApiResponse(
      responseCode = "401",
      description = "The credential beside the query is not valid",
      headers = @Header(name = "WWW-Authenticate", schema = @Schema(types = "string")),
      content =
          @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OAUTH_ERROR)))
  @ApiResponse(
      responseCode = "403",
      description = "The caller may not do this",
      content =
          @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OAUTH_ERROR)))
  @ApiResponse(
      responseCode = "404",
      description = "Mint flows are not available",
      content =
          @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OAUTH_ERROR)))
  @ApiResponse(
      responseCode = "405",
      description = "The method is not GET",
      headers = @Header(name = "Allow", schema = @Schema(types = "string")),
      content =
          @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OAUTH_ERROR)))
  @ApiResponse(
      responseCode = "429",
      description = "Too many wrong credentials from the caller's address",
      headers = @Header(name = "Retry-After", schema = @Schema(types = "integer")),
      content =
          @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OAUTH_ERROR)))
  @ApiResponse(
      responseCode = "500",
      description = "An internal error",
      content =
          @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OAUTH_ERROR)))
  @ApiResponse(
      responseCode = "503",
      description = "A system that the service depends on is unavailable",
      headers = @Header(name = "Retry-After", schema = @Schema(types = "integer")),
      content =
          @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OAUTH_ERROR)))
  public Response authorize() {
    return answer(
        () -> {
          MintFlows flows = flows();
          MintClient client = client();
          Map<String, List<String>> parameters = parameters(uri.getRequestUri());
          Optional<OneTimeCode> state = single(parameters, "state").flatMap(OneTimeCode::parse);
          // A redirect to the client is safe only if the redirect URI is the client's redirect URI.
          if (state.isEmpty() || isTooLong() || !client.isNamedBy(parameters)) {
            return refused("invalid_request");
          }
          if (parameters.values().stream().anyMatch(values -> values.size() > 1)) {
            return back(client, OAuth2Error.INVALID_REQUEST, state.get());
          }
          try {
            AuthorizationRequest request = AuthorizationRequest.parse(parameters);
            Optional<MintFlow> flow = flows.undecided(state.get());
            Optional<ErrorObject> error = errorMessage(request);
            if (error.isPresent()) {
              return back(client, error.get(), state.get());
            }
            if (flow.isEmpty()) {
              return refused("expired");
            }
            return lead(client, request, flow.get(), state.get());
          } catch (ParseException | IllegalArgumentException e) {
            return back(client, OAuth2Error.INVALID_REQUEST, state.get());
          }
        });
  }

  private boolean isTooLong() {
    String query = uri.getRequestUri().getRawQuery();
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

  private Response lead(
      MintClient client, AuthorizationRequest request, MintFlow flow, OneTimeCode state) {
    if (!flow.codeChallenge().equals(request.getCodeChallenge().getValue())) {
      return back(client, OAuth2Error.INVALID_REQUEST, state);
    }
    if (request.getScope() != null
        && !Set.copyOf(request.getScope().toStringList())
            .equals(Set.copyOf(flow.request().scopes()))) {
      return back(client, OAuth2Error.INVALID_SCOPE, state);
    }
    return page(CONSENT_PAGE + "?flow=" + flow.id());
  }

  /**
   * Redirects the browser to the client with an error. The redirect URL contains only the error
   * code and the state.
   */
  private static Response back(MintClient client, ErrorObject error, OneTimeCode state) {
    URI to =
        new AuthorizationErrorResponse(
                client.redirectUri(),
                new ErrorObject(error.getCode()),
                new State(state.reveal()),
                ResponseMode.QUERY)
            .toURI();
    return found(to.toString());
  }

  /**
   * Redirects the browser to the consent page, which shows the error to the user. Call this method
   * if a redirect to the client is not safe, or if the flow has expired.
   *
   * @throws BadRequestException if the header {@code Sec-Fetch-Mode} shows that the request is not
   *     a navigation of a browser
   */
  private Response refused(String error) {
    List<String> modes = headers.getRequestHeader("Sec-Fetch-Mode");
    if (modes == null || !modes.contains("navigate")) {
      throw new BadRequestException();
    }
    return page(CONSENT_PAGE + "?error=" + error);
  }
}
