package io.accesstokens.oauth;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.verify.ClientInfo;
import jakarta.annotation.Priority;
import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The principal of a request to an endpoint that accepts requests without a credential.
 *
 * <p>This principal also contains the data of the request that the endpoint needs, because some
 * runtimes do not let a resource read the properties of a request.
 *
 * @param client the client that sent the request
 * @param caller the authenticated caller, from a header or a session; null if there is none. Only a
 *     grant that is bound to a caller uses this value
 */
record AnonymousCaller(ClientInfo client, @Nullable Principal caller) implements Principal {

  /** Marks endpoints that accept anonymous callers. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @interface Allowed {}

  @Override
  public String getName() {
    return "anonymous";
  }

  /**
   * Replaces the principal of a request with an {@link AnonymousCaller}.
   *
   * <p>The filter runs after the authentication filters. A request with an invalid credential
   * therefore does not reach this filter. A request with a credential that no filter has accepted
   * gets 401 with {@code invalid_client}.
   */
  @Allowed
  @Priority(Priorities.USER)
  static final class Filter implements ContainerRequestFilter {

    @Override
    public void filter(ContainerRequestContext request) {
      SecurityContext before = request.getSecurityContext();
      if (before.getUserPrincipal() == null
          && request.getHeaders().containsKey(HttpHeaders.AUTHORIZATION)) {
        throw OAuthError.invalidClient("the credential of the request is not supported");
      }
      AnonymousCaller anonymous =
          new AnonymousCaller(AccessTokensFeature.client(request), before.getUserPrincipal());
      request.setSecurityContext(
          new SecurityContext() {
            @Override
            public Principal getUserPrincipal() {
              return anonymous;
            }

            @Override
            public boolean isUserInRole(@Nullable String role) {
              return false;
            }

            @Override
            public boolean isSecure() {
              return before.isSecure();
            }

            @Override
            public @Nullable String getAuthenticationScheme() {
              return null;
            }
          });
    }
  }
}
