package io.accesstokens.oauth;

import io.accesstokens.token.Permissions;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.IpAddress;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Reason;
import io.accesstokens.verify.VerificationUnavailableException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code /access-tokens/introspect}: returns the state of a token to a resource server (RFC 7662).
 */
@Path(IntrospectionEndpoint.PATH)
@Tag(name = "OAuth")
public class IntrospectionEndpoint extends Endpoint {

  static final String PATH = "access-tokens/introspect";

  /**
   * Returns the state of a token. The response for a valid token contains the scopes of the token.
   */
  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.INTROSPECT)
  @Operation(operationId = "introspect", summary = "Introspect a token (RFC 7662)")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_FORM_URLENCODED,
              schema = @Schema(implementation = IntrospectionForm.class)))
  @ApiResponse(
      responseCode = "200",
      description = "The state of the token; only active: false if it is not valid",
      content = @Content(schema = @Schema(implementation = IntrospectedToken.class)))
  @OAuthErrors
  @ApiResponse(
      responseCode = "406",
      description = "Accept excludes JSON",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = OAuthError.class)))
  public Response introspect(@Parameter(hidden = true) InputStream body) {
    return answer(
        () -> {
          AuthorizationServer server = server();
          FormBody form = form(body);
          Optional<ChangeFeed.Position> position = form.optional("position").map(this::position);
          String client = form.optional("client_address").map(this::address).orElse(null);
          boolean enforced = form.optional("enforces_limits").filter("true"::equals).isPresent();
          Optional<RawToken> raw = sentToken(form);
          if (raw.isEmpty()) {
            Optional<SignedTokens.Signed> signed =
                server.signed().find(form.required("token"), position.orElse(null));
            if (signed.isPresent()) {
              return answer(server, signed.get().verdict().from(client), client, signed.get());
            }
          }
          Verification verification =
              raw.map(token -> verify(server, token, position)).orElse(refusal(Reason.MALFORMED));
          Verification verdict =
              enforced && verification instanceof Verification.AddressLimited limited
                  ? limited.accepted()
                  : verification.from(client);
          return answer(server, verdict, client, null);
        });
  }

  private static Verification verify(
      AuthorizationServer server, RawToken token, Optional<ChangeFeed.Position> position) {
    try {
      return position
          .map(noOlderThan -> server.check().check(token, noOlderThan))
          .orElseGet(() -> server.check().check(token));
    } catch (VerificationUnavailableException e) {
      server.uses().unavailable(null);
      throw e;
    }
  }

  /**
   * Returns the introspection response for a verdict, and reports the verdict to the usage
   * listener.
   *
   * @param client the address of the client that sent the token; null if it is not known
   * @param signed the signed token; null for a raw token
   */
  private static Response answer(
      AuthorizationServer server,
      Verification verdict,
      @Nullable String client,
      SignedTokens.@Nullable Signed signed) {
    if (verdict instanceof Verification.Accepted accepted) {
      server.uses().accepted(accepted, client);
      return Response.ok(
              signed == null
                  ? IntrospectedToken.of(accepted, server.issuer())
                  : IntrospectedToken.of(accepted, signed))
          .build();
    }
    server.uses().refused((Verification.Refused) verdict, client);
    return Response.ok(IntrospectedToken.INACTIVE).build();
  }

  /** Returns the canonical text of an IP address. */
  private String address(String text) {
    return IpAddress.parse(text)
        .map(IpAddress::toString)
        .orElseThrow(
            () -> OAuthError.invalidRequest("the parameter client_address must be an IP address"));
  }

  private ChangeFeed.Position position(String text) {
    return ChangeFeed.Position.parse(text)
        .orElseThrow(
            () ->
                OAuthError.invalidRequest(
                    "the parameter position must be the position of a response of changes"));
  }

  private static Verification refusal(Reason reason) {
    return new Verification.Refused(reason, Optional.empty());
  }
}
