package io.accesstokens.oauth;

import io.accesstokens.oauth.TokenGrant.Issued;
import io.accesstokens.oauth.TokenGrant.Outcome;
import io.accesstokens.oauth.TokenGrant.Refused;
import io.accesstokens.verify.ClientInfo;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code /auth/v1/token}: creates access tokens (RFC 6749, section 3.2).
 *
 * <p>The {@code grant_type} in the form selects the {@link TokenGrant} that handles a request. The
 * endpoint is not available in a host application.
 */
@Path(TokenEndpoint.PATH)
@Tag(name = "OAuth")
public final class TokenEndpoint extends BaseEndpoint {

  static final String PATH = "auth/v1/token";

  /** Maximum length of the form, in bytes. */
  static final int MAX_FORM_BYTES = 16_384;

  /**
   * Maximum length of a grant type, in characters. Some grant types are long, because they are URIs
   * (RFC 8693).
   */
  private static final int MAX_TYPE_LENGTH = 200;

  private final Map<String, TokenGrant> grants = new LinkedHashMap<>();

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  SecurityContext security;

  /**
   * Creates the endpoint.
   *
   * @param grants the grants, one for each grant type; if empty, the endpoint responds with 404
   * @throws IllegalArgumentException if two grants have the same grant type
   */
  public TokenEndpoint(List<TokenGrant> grants) {
    for (TokenGrant grant : grants) {
      if (this.grants.put(grant.type(), grant) != null) {
        throw new IllegalArgumentException("more than one grant has the type " + grant.type());
      }
    }
  }

  @POST
  @PermitAll
  @ClientAuthenticationFilter.Binding
  @AnonymousCaller.Allowed
  @Operation(
      operationId = "createAccessToken",
      summary = "Exchange a grant for an access token (RFC 6749, section 3.2)",
      description = "Not within a host's application.",
      security = @SecurityRequirement(name = "basic"))
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_FORM_URLENCODED,
              schema = @Schema(ref = "GrantForm")))
  @ApiResponse(
      responseCode = "200",
      description = "The access token",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = AccessTokenGrantResponse.class)))
  @ApiResponse(responseCode = "404", ref = "OAuthNotFound")
  @OAuthErrors
  public Response token(@Parameter(hidden = true) InputStream body) {
    return respond(
        () -> {
          if (grants.isEmpty()) {
            throw new NotFoundException();
          }
          FormBody form = form(body, MAX_FORM_BYTES);
          String type = form.required("grant_type");
          // Hashing a long text would cost more than the rest of the request.
          TokenGrant grant = type.length() > MAX_TYPE_LENGTH ? null : grants.get(type);
          if (grant == null) {
            throw OAuthError.badRequest(
                "unsupported_grant_type", "grant_type must be one of: " + types());
          }
          return response(grant.grant(request(form)));
        });
  }

  private GrantRequest request(FormBody form) {
    return security.getUserPrincipal() instanceof AnonymousCaller anonymous
        ? new GrantRequest(form, anonymous.caller(), anonymous.client())
        : new GrantRequest(form, security.getUserPrincipal(), ClientInfo.UNKNOWN);
  }

  private static Response response(Outcome outcome) {
    if (outcome instanceof Issued issued) {
      return Response.ok(
              AccessTokenGrantResponse.of(issued).toJson(), MediaType.APPLICATION_JSON_TYPE)
          .header("Pragma", "no-cache") // see RFC 6749, section 5.1
          .build();
    }
    Refused refused = (Refused) outcome;
    throw OAuthError.badRequest(
        refused.reason().name().toLowerCase(Locale.ROOT), refused.description());
  }

  private String types() {
    return String.join(", ", grants.keySet());
  }
}
