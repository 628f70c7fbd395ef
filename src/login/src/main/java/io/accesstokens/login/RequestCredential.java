package io.accesstokens.login;

import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.Password;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A username and a password, with the request that carried them, through which a servlet container
 * can be asked, and its source, among which stores share what they can do at a time.
 */
public final class RequestCredential extends UsernamePasswordCredential {

  private final @Nullable HttpServletRequest request;
  private final String source;

  /**
   * @param request null if it did not come through a servlet container
   * @param source the client's address, or network; empty if it is not known
   */
  RequestCredential(
      String username, Password password, @Nullable HttpServletRequest request, String source) {
    super(username, password);
    this.request = request;
    this.source = source;
  }

  /** Returns where a credential comes from; {@link Bulkhead#COMMON} if it does not say. */
  public static String sourceOf(Credential credential) {
    return credential instanceof RequestCredential sent ? sent.source : Bulkhead.COMMON;
  }

  @Nullable HttpServletRequest request() {
    return request;
  }
}
