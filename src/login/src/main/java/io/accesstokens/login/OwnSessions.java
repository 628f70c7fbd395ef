package io.accesstokens.login;

import io.accesstokens.login.SignInListener.SignOut;
import io.accesstokens.session.Session;
import io.accesstokens.session.Sessions;
import io.accesstokens.token.Actor;
import io.accesstokens.token.DirectoryUnavailableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lists the sessions of a person and ends them, on behalf of that person. A session of another
 * person is treated as if it did not exist.
 *
 * <p>Lets {@link io.accesstokens.token.StoreUnavailableException} through.
 */
public final class OwnSessions {

  private final Sessions sessions;
  private final AccountStatus standings;
  private final SignInListener listener;

  /**
   * @param standings says which sessions are still good
   * @param listener is told of sign-outs
   */
  public OwnSessions(Sessions sessions, AccountStatus standings, SignInListener listener) {
    this.sessions = sessions;
    this.standings = standings;
    this.listener = listener;
  }

  /** An account by which a person signs in. */
  private record Account(Session.Way way, String username) {}

  /** Returns the sessions that are good, the one that was seen last first. */
  List<Session> of(Actor.Person person) {
    Map<Account, @Nullable String> known = new HashMap<>();
    return sessions.findAllOf(person.ref()).stream()
        .filter(session -> isGood(session.signIn(), known))
        .toList();
  }

  private boolean isGood(Session.SignIn signIn, Map<Account, @Nullable String> known) {
    Account account = new Account(signIn.way(), signIn.username());
    try {
      if (!known.containsKey(account)) {
        known.put(account, standings.of(account.way(), account.username()).orElse(null));
      }
      return signIn.standing().equals(known.get(account));
    } catch (DirectoryUnavailableException e) {
      return true; // A person must be able to end what may be good again in a moment.
    }
  }

  /**
   * Ends one of the person's sessions: when this returns, it is good nowhere.
   *
   * @return false if the person has no session of that id
   */
  boolean end(Actor.Person person, UUID id, RequestInfo client) {
    boolean found =
        sessions.findAllOf(person.ref()).stream().anyMatch(session -> session.id().equals(id));
    if (found) {
      sessions.end(id);
      listener.signedOut(
          person.ref(),
          id.equals(person.sessionId()) ? SignOut.THIS : SignOut.ANOTHER,
          client.address());
    }
    return found;
  }

  /** Ends all sessions of the person but that of the request, if it is in one. */
  void endOthers(Actor.Person person, RequestInfo client) {
    UUID kept = person.sessionId();
    if (kept == null) {
      sessions.endAllOf(person.ref());
    } else {
      sessions.endOthersOf(person.ref(), kept);
    }
    listener.signedOut(person.ref(), kept == null ? SignOut.ALL : SignOut.OTHERS, client.address());
  }
}
