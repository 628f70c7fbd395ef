package io.accesstokens.login;

import jakarta.security.enterprise.credential.Password;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A username and a password, and the request that brought them, through which a servlet container
 * can be asked.
 */
final class RequestCredential extends UsernamePasswordCredential {

  private final @Nullable HttpServletRequest request;

  /**
   * @param request null if it did not come through a servlet container
   */
  RequestCredential(String username, Password password, @Nullable HttpServletRequest request) {
    super(username, password);
    this.request = request;
  }

  @Nullable HttpServletRequest request() {
    return request;
  }
}
