package io.accesstokens.oauth;

import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.IpAddress;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.Verification.Reason;
import io.accesstokens.verify.VerificationUnavailableException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Processes the form of an introspection request (RFC 7662, section 2), without HTTP. */
final class Introspection {

  private Introspection() {}

  /**
   * Introspects the token in the request form, and reports the use of the token to the usage
   * listener.
   *
   * @return the response; {@link IntrospectedToken#INACTIVE} if the token is not valid
   * @throws jakarta.ws.rs.WebApplicationException with status 400 if a parameter is wrong
   * @throws VerificationUnavailableException if the token cannot be verified now
   */
  static IntrospectedToken introspect(AuthorizationServer server, FormBody form) {
    Optional<ChangeFeed.Position> position = form.optional("position").map(Introspection::position);
    String client = form.optional("client_address").map(Introspection::address).orElse(null);
    boolean enforced = form.optional("enforces_limits").filter("true"::equals).isPresent();
    String token = form.required("token");
    Optional<RawToken> raw = server.tokenService().rawTokenFormat().parse(token);
    if (raw.isEmpty()) {
      Optional<SignedTokenVerifier.SignedToken> signed =
          verified(server, () -> server.signedTokenVerifier().verify(token, position.orElse(null)));
      if (signed.isPresent()) {
        Verification verdict = signed.get().verdict().from(client);
        return introspectedToken(server, verdict, verdict, client, signed.get());
      }
    }
    Verification verification =
        raw.map(found -> verified(server, () -> verdict(server, found, position)))
            .orElse(refusal(Reason.MALFORMED));
    Verification verdict =
        enforced && verification instanceof Verification.AddressLimited limited
            ? limited.accepted()
            : verification.from(client);
    // With enforces_limits, the verdict ignores the address limit, because the resource server
    // enforces it. The recorded use includes this limit if the client is known.
    Verification use = client == null ? verdict : verification.from(client);
    return introspectedToken(server, verdict, use, client, null);
  }

  private static Verification verdict(
      AuthorizationServer server, RawToken token, Optional<ChangeFeed.Position> position) {
    return position
        .map(noOlderThan -> server.verifier().verify(token, noOlderThan))
        .orElseGet(() -> server.verifier().verify(token));
  }

  /**
   * Returns the result of a verification. If the token cannot be verified now, informs the usage
   * listener and throws the exception again.
   */
  private static <T> T verified(AuthorizationServer server, Supplier<T> verification) {
    try {
      return verification.get();
    } catch (VerificationUnavailableException e) {
      server.usageListener().unavailable(ClientInfo.UNKNOWN);
      throw e;
    }
  }

  /**
   * Returns the introspection response for a verdict, and reports the use to the usage listener.
   * The {@code User-Agent} of the client is not known, because the request comes from the resource
   * server.
   *
   * @param verdict the verdict for the response. If the resource server enforces the address limit
   *     of the token itself, this verdict ignores the limit
   * @param use the verdict for the usage listener. If {@code client} is known, this verdict
   *     considers the address limit of the token
   * @param client the address of the client that sent the token; null if it is not known
   * @param signed the signed token; null for a raw token
   */
  private static IntrospectedToken introspectedToken(
      AuthorizationServer server,
      Verification verdict,
      Verification use,
      @Nullable String client,
      SignedTokenVerifier.@Nullable SignedToken signed) {
    if (use instanceof Verification.Accepted accepted) {
      server.usageListener().accepted(accepted, ClientInfo.at(client));
    } else {
      server.usageListener().refused((Verification.Refused) use, ClientInfo.at(client));
    }
    if (!(verdict instanceof Verification.Accepted accepted)) {
      return IntrospectedToken.INACTIVE;
    }
    return signed == null
        ? IntrospectedToken.of(accepted, server.issuer())
        : IntrospectedToken.of(accepted, signed);
  }

  /**
   * Returns the canonical text of an IP address. Rejects an address with a zone (RFC 4007), because
   * a zone has a meaning only on one host.
   */
  private static String address(String text) {
    return IpAddress.parse(text)
        .filter(address -> text.indexOf('%') < 0)
        .map(IpAddress::toString)
        .orElseThrow(
            () -> OAuthError.invalidRequest("the parameter client_address must be an IP address"));
  }

  private static ChangeFeed.Position position(String text) {
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
