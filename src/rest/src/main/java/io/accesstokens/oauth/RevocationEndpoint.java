package io.accesstokens.oauth;

import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.Verification;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;
import java.util.Optional;

/** {@code /access-tokens/revoke}: revokes the token in the request (RFC 7009). */
@Path(RevocationEndpoint.PATH)
@Tag(name = "OAuth")
public class RevocationEndpoint extends BaseEndpoint {

  static final String PATH = "access-tokens/revoke";

  /**
   * Maximum length of a signed token that is verified, in characters. The limit bounds the CPU time
   * of an anonymous request.
   */
  private static final int MAX_SIGNED_LENGTH = 8_192;

  /** The start of a JWT: its header is a JSON object in base64url. */
  private static final String JSON_OBJECT = "eyJ";

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  SecurityContext security;

  @POST
  @PermitAll
  @ClientAuthenticationFilter.Binding
  @AnonymousCaller.Allowed
  @Operation(
      operationId = "revokeToken",
      summary = "Revoke the token in the request (RFC 7009)",
      security = @SecurityRequirement(name = "basic"))
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_FORM_URLENCODED,
              schema = @Schema(ref = "RevocationForm")))
  @ApiResponse(
      responseCode = "200",
      description = "No verifier accepts the token any more, if it ever was valid")
  @OAuthErrors
  public Response revoke(@Parameter(hidden = true) InputStream body) {
    return respond(
        () -> {
          FormBody form = form(body);
          Optional<RawToken> raw = sentToken(form);
          if (raw.isEmpty() && isSigned(form.required("token"))) {
            throw OAuthError.badRequest(
                "unsupported_token_type",
                "a signed token cannot be revoked: revoke the personal token that it"
                    + " was issued for");
          }
          raw.ifPresent(this::end);
          return Response.ok().build();
        });
  }

  /**
   * Revokes a raw token if the token exists in the store.
   *
   * <p>This method first looks up the token with the verifier, which limits the load on the store.
   * A request with an unknown token only counts against the limit of the client's address. If the
   * token was revoked before, or its presented secret has ended, this method only waits until every
   * replica rejects the raw token.
   */
  private void end(RawToken token) {
    AuthorizationServer server = server();
    if (server.verifier().verifyInStore(token) instanceof Verification.Refused refused) {
      switch (refused.reason()) {
        case UNKNOWN, MALFORMED -> {
          server.handler().reportRefused(refused, client());
          return;
        }
        case REVOKED, ENDED_SECRET -> {
          server.tokenService().awaitRevocation(token);
          return;
        }
        case EXPIRED, OWNER_GONE, ADDRESS -> {}
      }
    }
    server.tokenService().revokePresented(token, client().address());
  }

  /**
   * Returns true if the token is a valid signed token. Also returns true if the token begins like a
   * signed token, but is too long to be verified.
   */
  private boolean isSigned(String token) {
    if (token.length() > MAX_SIGNED_LENGTH) {
      return token.startsWith(JSON_OBJECT);
    }
    return server()
        .signedTokenVerifier()
        .verifyPresented(token, client().address())
        .filter(signed -> signed.verdict() instanceof Verification.Accepted)
        .isPresent();
  }

  private ClientInfo client() {
    return security.getUserPrincipal() instanceof AnonymousCaller anonymous
        ? anonymous.client()
        : ClientInfo.UNKNOWN;
  }
}
