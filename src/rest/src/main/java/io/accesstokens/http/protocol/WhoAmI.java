package io.accesstokens.http.protocol;

import io.accesstokens.http.response.SecretHeaders;
import io.accesstokens.http.response.WhoAmIResponse;
import io.accesstokens.token.Actor;
import io.accesstokens.token.service.ServiceTokenService;
import java.util.List;

/**
 * The identity of a caller, with the headers of the response.
 *
 * @param headers the header with the expiry of the token that the caller sent; empty for a caller
 *     without a token
 */
public record WhoAmI(WhoAmIResponse identity, List<ProtocolResponse.Header> headers) {

  /** Returns the identity of a caller, and the permissions that the caller can use. */
  public static WhoAmI of(ServiceTokenService tokenService, Actor caller) {
    return new WhoAmI(
        WhoAmIResponse.of(caller, tokenService.usablePermissionsOf(caller)),
        caller
            .credential()
            .map(
                token ->
                    List.of(
                        new ProtocolResponse.Header(
                            SecretHeaders.EXPIRES, SecretHeaders.expiry(token.expiresAt()))))
            .orElse(List.of()));
  }
}
