package io.accesstokens.login;

import io.accesstokens.session.Session;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks a login method for the current state of an account, without a new sign-in of the user. If
 * this state has changed since the sign-in, the next request in a session of the account ends this
 * session.
 */
@FunctionalInterface
public interface AccountStatus {

  /**
   * Returns the state of an account.
   *
   * @param method the login method
   * @param username the name of the user at that login method
   * @param recorded the state that a session has recorded; null if there is no session. A login
   *     method with a cache reads another state again, because another replica can have recorded a
   *     later state.
   * @return the state, a text of at most 100 characters; empty if no user can sign in with that
   *     login method and name
   * @throws io.accesstokens.token.directory.DirectoryUnavailableException if the state cannot be
   *     determined now
   */
  Optional<String> of(Session.LoginMethod method, String username, @Nullable String recorded);
}
