package io.accesstokens.examples.embed;

import jakarta.annotation.Priority;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Principal;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates the shop's staff, for all resources of the shop. This filter is an example of the
 * authentication in a host application. The resources of access-tokens use the principal that the
 * filter sets.
 */
// region: sign-in
@Priority(Priorities.AUTHENTICATION)
public final class StaffSignIn implements ContainerRequestFilter {

  /** The challenge of this filter, for {@code WWW-Authenticate}. */
  static final String CHALLENGE = "Basic realm=\"shop\"";

  private static final String BASIC = "Basic ";

  private final Map<String, String> passwords;

  StaffSignIn(Map<String, String> passwords) {
    this.passwords = Map.copyOf(passwords);
  }

  @Override
  public void filter(ContainerRequestContext request) {
    String credential = request.getHeaderString(HttpHeaders.AUTHORIZATION);
    if (credential == null || !credential.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return; // anonymous, or a raw token, which access-tokens verifies
    }
    String name = checked(credential.substring(BASIC.length()));
    if (name == null) {
      throw new NotAuthorizedException(CHALLENGE);
    }
    request.setSecurityContext(new Staff(() -> name, request.getSecurityContext().isSecure()));
  }

  // endregion

  /** Returns the username of a Basic credential; null if the credential is malformed or wrong. */
  private @Nullable String checked(String encoded) {
    String[] parts;
    try {
      parts = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).split(":", 2);
    } catch (IllegalArgumentException e) {
      return null;
    }
    String password = passwords.get(parts[0]);
    boolean right =
        parts.length == 2
            && password != null
            && MessageDigest.isEqual(
                password.getBytes(StandardCharsets.UTF_8),
                parts[1].getBytes(StandardCharsets.UTF_8));
    return right ? parts[0] : null;
  }

  private record Staff(Principal principal, boolean secure) implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
      return principal;
    }

    @Override
    public boolean isUserInRole(String role) {
      return false;
    }

    @Override
    public boolean isSecure() {
      return secure;
    }

    @Override
    public String getAuthenticationScheme() {
      return BASIC_AUTH;
    }
  }
}
