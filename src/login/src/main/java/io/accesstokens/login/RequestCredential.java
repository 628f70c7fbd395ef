package io.accesstokens.login;

import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.Password;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A username and a password, the HTTP request that contains them, and the source of this request.
 * The source is the address or the network of the client. An identity store can use the request to
 * call the servlet container. Identity stores share their capacity fairly among sources.
 */
public final class RequestCredential extends UsernamePasswordCredential {

  private final @Nullable HttpServletRequest request;
  private final String source;

  /**
   * Creates a credential.
   *
   * @param request the request; null outside a servlet container
   * @param source the address or network of the client; empty if unknown
   */
  public RequestCredential(
      String username, Password password, @Nullable HttpServletRequest request, String source) {
    super(username, password);
    this.request = request;
    this.source = source;
  }

  /**
   * Returns the source of a credential, or {@link Bulkhead#COMMON} if the credential has no source.
   */
  public static String sourceOf(Credential credential) {
    return credential instanceof RequestCredential sent ? sent.source : Bulkhead.COMMON;
  }

  public @Nullable HttpServletRequest request() {
    return request;
  }
}
