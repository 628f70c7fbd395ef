package io.accesstokens.login.session;

import io.accesstokens.login.AccountStatus;
import io.accesstokens.login.SignInListener;
import io.accesstokens.login.SignInListener.SignOut;
import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.session.Session;
import io.accesstokens.session.Sessions;
import io.accesstokens.token.Actor;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Lists and ends the sessions of a user, on behalf of that user. This class treats sessions of
 * other users as absent.
 *
 * <p>Does not catch {@link io.accesstokens.token.StoreUnavailableException}.
 */
public final class OwnSessions {

  private final Sessions sessions;
  private final AccountStatus accountStatus;
  private final SignInListener listener;

  /**
   * Creates the service.
   *
   * @param accountStatus returns the current account state of a user
   * @param listener receives sign-outs
   */
  public OwnSessions(Sessions sessions, AccountStatus accountStatus, SignInListener listener) {
    this.sessions = sessions;
    this.accountStatus = accountStatus;
    this.listener = listener;
  }

  /** An account with which a user signs in, and the state that a session has recorded. */
  private record Account(Session.LoginMethod loginMethod, String username, String recorded) {}

  /**
   * Returns the valid sessions of a user. The most recently used session is the first. Ends the
   * sessions whose account has changed.
   */
  List<Session> of(Actor.Person person) {
    Map<Account, Boolean> changed = new HashMap<>();
    return sessions.findAllOf(person.ref()).stream()
        .filter(session -> !endIfAccountChanged(session, changed))
        .toList();
  }

  /** Ends a session if its account has changed. Returns true if the session was ended. */
  private boolean endIfAccountChanged(Session session, Map<Account, Boolean> changed) {
    Session.SignIn signIn = session.signIn();
    Account account = new Account(signIn.loginMethod(), signIn.username(), signIn.accountStatus());
    try {
      boolean ended = changed.computeIfAbsent(account, this::hasChanged);
      if (ended) {
        sessions.end(session.id());
      }
      return ended;
    } catch (DirectoryUnavailableException e) {
      // The list keeps this session: it can become valid again, so the user must be able to end
      // it.
      return false;
    }
  }

  private boolean hasChanged(Account account) {
    return accountStatus
        .of(account.loginMethod(), account.username(), account.recorded())
        .filter(account.recorded()::equals)
        .isEmpty();
  }

  /**
   * Ends one session of the user. The session is invalid on all replicas when this method returns.
   *
   * @return false if the user has no session with that id
   */
  boolean end(Actor.Person person, UUID id, RequestInfo requestInfo) {
    boolean found =
        sessions.findAllOf(person.ref()).stream().anyMatch(session -> session.id().equals(id));
    if (found) {
      sessions.end(id);
      listener.signedOut(
          person.ref(),
          id.equals(person.sessionId()) ? SignOut.THIS : SignOut.ANOTHER,
          requestInfo.address());
    }
    return found;
  }

  /**
   * Ends all sessions of the user except the session of the request. Ends all sessions if the
   * request has no session.
   */
  void endOthers(Actor.Person person, RequestInfo requestInfo) {
    UUID kept = person.sessionId();
    if (kept == null) {
      sessions.endAllOf(person.ref());
    } else {
      sessions.endOthersOf(person.ref(), kept);
    }
    listener.signedOut(
        person.ref(), kept == null ? SignOut.ALL : SignOut.OTHERS, requestInfo.address());
  }
}
