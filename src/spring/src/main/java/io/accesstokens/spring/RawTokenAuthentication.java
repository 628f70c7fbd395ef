package io.accesstokens.spring;

import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawToken;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.Transient;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * A bearer credential that is not verified yet, or the caller whose raw token was accepted. The
 * annotation {@link Transient} prevents the storage of this object in a session, because a session
 * could outlive a revocation of the token.
 */
@Transient
final class RawTokenAuthentication extends AbstractAuthenticationToken {

  /** The prefix of the authorities, which Spring Security uses for scopes of OAuth as well. */
  static final String AUTHORITY_PREFIX = "SCOPE_";

  private static final long serialVersionUID = 1L;
  private static final String UNVERIFIED = "unverified";

  private final transient @Nullable RawToken rawToken;
  private final transient ClientInfo client;
  private final transient @Nullable TokenPrincipal verified;

  /**
   * Creates an authentication that is not verified yet.
   *
   * @param rawToken the raw token; null if the credential does not have the form of a raw token
   */
  RawTokenAuthentication(@Nullable RawToken rawToken, ClientInfo client) {
    super(List.of());
    this.rawToken = rawToken;
    this.client = client;
    this.verified = null;
  }

  /** Creates the authentication of an accepted token, without the raw token. */
  RawTokenAuthentication(TokenPrincipal verified, ClientInfo client) {
    super(authorities(verified.verified().scopes()));
    this.rawToken = null;
    this.client = client;
    this.verified = verified;
    super.setAuthenticated(true);
  }

  private static List<GrantedAuthority> authorities(List<String> scopes) {
    return scopes.stream()
        .<GrantedAuthority>map(scope -> new SimpleGrantedAuthority(AUTHORITY_PREFIX + scope))
        .toList();
  }

  /** Returns the client that sent the credential. */
  ClientInfo client() {
    return client;
  }

  /**
   * Returns the raw token; null after the verification, or if the credential does not have the form
   * of a raw token. The {@code toString} of a raw token is redacted.
   */
  @Override
  public @Nullable RawToken getCredentials() {
    return rawToken;
  }

  /**
   * Returns the {@link TokenPrincipal} of an accepted token, or a fixed text before the
   * verification.
   */
  @Override
  public Object getPrincipal() {
    return verified == null ? UNVERIFIED : verified;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
