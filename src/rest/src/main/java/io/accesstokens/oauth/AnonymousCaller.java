package io.accesstokens.oauth;

import io.accesstokens.auth.AccessTokensFeature;
import jakarta.annotation.Priority;
import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Whoever calls an endpoint where it does not matter who they are: all that counts is where from.
 *
 * <p>A principal, since not every runtime lets a resource look at the properties of a request.
 *
 * @param clientAddress null if it is not known
 * @param caller who it is by a credential beside the form; null if there is none. It counts where
 *     something is bound to it, and nowhere else
 */
record AnonymousCaller(@Nullable String clientAddress, @Nullable Principal caller)
    implements Principal {

  /** On endpoints whose callers are strangers. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @interface Welcome {}

  @Override
  public String getName() {
    return "anonymous";
  }

  /** Forgets who calls, once that was found to be nobody with a bad credential. */
  @Welcome
  @Priority(Priorities.USER)
  static final class Filter implements ContainerRequestFilter {

    @Override
    public void filter(ContainerRequestContext request) {
      SecurityContext before = request.getSecurityContext();
      AnonymousCaller stranger =
          new AnonymousCaller(
              AccessTokensFeature.clientAddress(request), before.getUserPrincipal());
      request.setSecurityContext(
          new SecurityContext() {
            @Override
            public Principal getUserPrincipal() {
              return stranger;
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
