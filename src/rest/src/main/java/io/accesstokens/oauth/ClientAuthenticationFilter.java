package io.accesstokens.oauth;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.CallerContext;
import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import jakarta.annotation.Priority;
import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Authenticates OAuth clients by a client secret (RFC 6749, section 2.3.1).
 *
 * <p>The client secret is a raw service token with the scope {@value Permissions#INTROSPECT}. The
 * name of the client is ignored, because the token identifies the client. The token is the
 * principal of the request, as if it were sent as a bearer token. The methods are {@code
 * client_secret_basic} and {@code client_secret_post}.
 *
 * <p>The filter ignores HTTP Basic if the password does not begin like a raw token. Such a password
 * may belong to a user, and a later filter verifies it. A password that begins like a raw token
 * never reaches that filter. Therefore the server computes no password hash for a wrong token.
 *
 * <p>The filter throws {@link WebApplicationException}:
 *
 * <ul>
 *   <li>with status 400 and {@code invalid_request} if the request has several credentials (RFC
 *       6749, section 2.3), or if the body cannot be read to its end;
 *   <li>with status 401 and {@code invalid_client} if the client secret is not valid, or if the
 *       request has a {@code client_assertion}, which is not supported;
 *   <li>with status 429 if a limit of the token or the client is exceeded;
 *   <li>with status 503 if the token cannot be verified now.
 * </ul>
 */
// This filter runs before all filters that verify credentials, because they do not read the form.
@ClientAuthenticationFilter.Binding
@Priority(Priorities.AUTHENTICATION - 1)
final class ClientAuthenticationFilter implements ContainerRequestFilter {

  private static final String BASIC = "Basic ";

  private final AccessTokensFeature access;
  private final ServiceTokenService tokenService;

  /** Marks endpoints that authenticate OAuth clients. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @interface Binding {}

  /**
   * Creates a filter.
   *
   * @param access verifies the tokens
   * @param tokenService checks the scope of a verified token, and reports a missing scope
   */
  ClientAuthenticationFilter(AccessTokensFeature access, ServiceTokenService tokenService) {
    this.access = access;
    this.tokenService = tokenService;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    List<String> authorizations =
        request.getHeaders().getOrDefault(HttpHeaders.AUTHORIZATION, List.of());
    secret(authorizations, FormBody.peek(request), tokenService.rawTokenFormat())
        .ifPresent(
            secret -> {
              TokenPrincipal client =
                  authenticate(AccessTokensFeature.client(request), secret, access, tokenService);
              request.setSecurityContext(
                  CallerContext.byBearer(
                      client, client.verified().scopes(), request.getSecurityContext().isSecure()));
            });
  }

  /**
   * Returns the client secret in the body or the password of a Basic credential. A password that
   * does not begin like a raw token is ignored. Returns empty if the request has no client secret.
   *
   * @param authorizations the values of {@code Authorization}, one for each header line
   * @throws WebApplicationException with status 400 if the request has several credentials; with
   *     status 401 if the credential is a {@code client_assertion}, which is not supported
   */
  static Optional<String> secret(
      List<String> authorizations, FormBody form, RawTokenFormat format) {
    Optional<String> posted = form.optional("client_secret");
    boolean asserted = form.optional("client_assertion").isPresent();
    if (authorizations.size() + (posted.isPresent() ? 1 : 0) + (asserted ? 1 : 0) > 1) {
      throw OAuthError.invalidRequest("a request may have only one credential of the client");
    }
    if (asserted) {
      throw OAuthError.invalidClient("client_assertion is not supported");
    }
    return authorizations.isEmpty() ? posted : tokenInBasic(authorizations.get(0), format);
  }

  /**
   * Returns the {@link #password} of a Basic credential; empty if there is none, or if the password
   * does not begin like a raw token.
   */
  private static Optional<String> tokenInBasic(String authorization, RawTokenFormat format) {
    return password(authorization)
        // Some clients encode the password like a form, as the RFC requires, and others do not.
        .map(password -> RequestEncoding.decode(password).orElse(password))
        .filter(format::hasPrefix);
  }

  /**
   * Returns the password of a Basic credential; empty if the credential is not Basic, not base64,
   * or has no colon (RFC 7617, section 2).
   */
  private static Optional<String> password(String authorization) {
    String value = authorization.strip();
    if (!value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return Optional.empty();
    }
    String credential;
    try {
      byte[] bytes = Base64.getDecoder().decode(value.substring(BASIC.length()).strip());
      credential = new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    int colon = credential.indexOf(':');
    return colon < 0 ? Optional.empty() : Optional.of(credential.substring(colon + 1));
  }

  /**
   * Verifies a client secret, and returns the principal of the OAuth client. Reports a valid
   * service token without the scope to the audit listener, as for a bearer token.
   *
   * @param access verifies the client secret, which is a raw token
   * @throws WebApplicationException with status 401 and {@code invalid_client} if the client secret
   *     is not a valid service token with the scope {@value Permissions#INTROSPECT}; with status
   *     429 if a limit of the token or the client is exceeded; with status 503 if the token cannot
   *     be verified now
   */
  static TokenPrincipal authenticate(
      ClientInfo client,
      String secret,
      AccessTokensFeature access,
      ServiceTokenService tokenService) {
    RawTokenFormat format = tokenService.rawTokenFormat();
    if (format.parse(secret).filter(token -> token.kind() == RawToken.Kind.PERSONAL).isPresent()) {
      throw refusal();
    }
    try {
      TokenPrincipal token = access.authenticate(client, secret);
      Verification.Accepted verified = token.verified();
      tokenService.requireScopes(
          new Actor.Token(verified, client.address()), verified, List.of(Permissions.INTROSPECT));
      return token;
    } catch (NotAuthorizedException | PermissionDeniedException e) {
      throw refusal();
    }
  }

  /**
   * Removes a Basic credential with an empty password. A client without a secret can send its
   * {@code client_id} in this way (RFC 6749, section 2.3.1). Some OAuth libraries do so by default.
   */
  @AnonymousCaller.Allowed
  @Priority(Priorities.AUTHENTICATION - 2)
  static final class PublicClientFilter implements ContainerRequestFilter {

    @Override
    public void filter(ContainerRequestContext request) {
      List<String> authorizations =
          request.getHeaders().getOrDefault(HttpHeaders.AUTHORIZATION, List.of());
      if (authorizations.size() == 1
          && password(authorizations.get(0)).filter(String::isEmpty).isPresent()) {
        request.getHeaders().remove(HttpHeaders.AUTHORIZATION);
      }
    }
  }

  /**
   * Returns the exception for an invalid client secret. The exception is the same for every reason.
   */
  private static WebApplicationException refusal() {
    return OAuthError.invalidClient(
        "the client secret must be a valid service token with the scope " + Permissions.INTROSPECT);
  }
}
