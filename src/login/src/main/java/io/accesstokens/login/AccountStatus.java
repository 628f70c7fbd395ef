package io.accesstokens.login;

import io.accesstokens.session.Session;
import java.util.Optional;

/**
 * Returns the current account state that a login method reports, without a new sign-in. A session
 * is valid as long as this state stays the same.
 */
@FunctionalInterface
public interface AccountStatus {

  /**
   * Returns the account state of a user.
   *
   * @param way the login method
   * @param username the name of the user at that login method
   * @return the state, a text of at most 100 characters; empty if no user can sign in with that
   *     login method and name
   */
  Optional<String> of(Session.LoginMethod way, String username);
}
