package io.accesstokens.login;

import io.accesstokens.session.Session;
import java.util.Optional;

/**
 * Says what a way of signing in says of somebody now, without asking them again: their sessions are
 * good as long as it stays the same.
 */
@FunctionalInterface
public interface AccountStatus {

  /**
   * Of one person.
   *
   * @param username the name by which that way knows them
   * @return at most 100 characters; empty if nobody can sign in by that way and name
   */
  Optional<String> of(Session.Way way, String username);
}
