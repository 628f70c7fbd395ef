package io.accesstokens.login;

import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.session.Session;
import io.accesstokens.session.SessionKey;
import io.accesstokens.session.Sessions;
import io.accesstokens.token.Actor;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Begins, finds and ends the sessions in which browsers make their requests. Who somebody is now,
 * with which groups and roles, is asked for anew with each request.
 *
 * <p>Lets {@link io.accesstokens.token.StoreUnavailable} and {@link
 * io.accesstokens.token.DirectoryUnavailable} through.
 */
public final class BrowserSessions {

  /** Any value will do: no form can send it, and a script of another site must ask for it. */
  private static final String OWN_SCRIPT = "X-Requested-With";

  private final Sessions sessions;
  private final OwnCookie cookie;
  private final Standings standings;
  private final GroupDirectory directory;
  private final PermissionPolicy permissions;
  private final OriginCheck originCheck;
  private final SignInListener listener;

  /**
   * @param publicUrl the address under which browsers know this service, or null
   * @param standings says who still may sign in
   * @param directory knows a person's groups
   * @param permissions knows which roles make a difference
   * @param originCheck for unsafe requests
   * @param listener is told who signs in and out, and of sessions shown where they must not be
   */
  public BrowserSessions(
      Sessions sessions,
      @Nullable URI publicUrl,
      Standings standings,
      GroupDirectory directory,
      PermissionPolicy permissions,
      OriginCheck originCheck,
      SignInListener listener) {
    this.sessions = sessions;
    this.cookie = new OwnCookie("access-tokens-session", publicUrl);
    this.standings = standings;
    this.directory = directory;
    this.permissions = permissions;
    this.originCheck = originCheck;
    this.listener = listener;
  }

  /**
   * A session that is good.
   *
   * @param key with which it was found or begun
   * @param person who that is now, with the session's id
   */
  record Found(Session session, SessionKey key, Actor.Person person) {}

  /** The session of a request; none if it has another credential, which counts for more. */
  Optional<Found> find(Client client) {
    return client.header(HttpHeaders.AUTHORIZATION).isEmpty()
        ? keys(client).flatMap(key -> find(key, client).stream()).findFirst()
        : Optional.empty();
  }

  private Stream<SessionKey> keys(Client client) {
    return cookie.values(client).stream().flatMap(value -> SessionKey.parse(value).stream());
  }

  private Optional<Found> find(SessionKey key, Client client) {
    return sessions
        .find(key)
        .filter(session -> mayComeFrom(session, client))
        .flatMap(session -> found(session, key, client));
  }

  private boolean mayComeFrom(Session session, Client client) {
    if (session.signIn().loopbackOnly() && !client.isLocal()) {
      tell(Reason.SAMPLE_NOT_LOCAL, session, client);
      return false;
    }
    return true;
  }

  private Optional<Found> found(Session session, SessionKey key, Client client) {
    return person(session, client.address()).map(person -> new Found(session, key, person));
  }

  private Optional<Actor.Person> person(Session session, @Nullable String address) {
    Session.SignIn signIn = session.signIn();
    if (standing(signIn.way(), signIn.username()).filter(signIn.standing()::equals).isEmpty()) {
      return Optional.empty();
    }
    Set<EntityRef> groups = new HashSet<>(directory.groupsOf(signIn.user()));
    groups.addAll(signIn.groups());
    Set<String> roles = new HashSet<>(signIn.roles());
    roles.retainAll(permissions.roles());
    return Optional.of(new Actor.Person(signIn.user(), groups, roles, address, session.id()));
  }

  /** What that way of signing in says of somebody; empty if they may not sign in by it. */
  Optional<String> standing(Session.Way way, String username) {
    return standings.of(way, username);
  }

  /**
   * Begins a session. Those that the browser was in are over then.
   *
   * @param signIn told the new key, with which it may seal something
   * @return empty if the person may not sign in any more; there is no new session then
   */
  Optional<Found> begin(Client client, Function<SessionKey, Session.SignIn> signIn) {
    Sessions.Begun begun = sessions.begin(signIn);
    Optional<Found> found = found(begun.session(), begun.key(), client);
    if (found.isEmpty()) {
      sessions.end(begun.session().id());
      return found;
    }
    keys(client)
        .flatMap(key -> sessions.find(key).stream())
        .forEach(former -> sessions.end(former.id()));
    listener.signedIn(found.get().person().ref(), begun.session().signIn().way(), client.address());
    return found;
  }

  /** Ends a session everywhere. */
  void end(Found found, Client client) {
    sessions.end(found.session().id());
    listener.signedOut(found.person().ref(), false, client.address());
  }

  /** Ends all sessions of a person. */
  void endAllOf(EntityRef user, Client client) {
    sessions.endAllOf(user);
    listener.signedOut(user, true, client.address());
  }

  /** The value of {@code Set-Cookie} for a session that has begun. */
  String cookieOf(Found begun, Client client) {
    return cookie.give(begun.key().reveal(), client);
  }

  /** The value of {@code Set-Cookie} that takes the cookie away. */
  String noCookie(Client client) {
    return cookie.take(client);
  }

  /**
   * Lets an unsafe request in a session pass only if a page of ours has sent it: a browser adds the
   * cookie to others' requests, too.
   *
   * @throws ForbiddenException if none has
   */
  void requireOwnPage(Found found, Client client) {
    if (!OriginCheck.isSafe(client.method()) && client.header(OWN_SCRIPT).isEmpty()) {
      tell(Reason.FOREIGN_ORIGIN, found.session(), client);
      throw new ForbiddenException("an unsafe request in a session needs X-Requested-With");
    }
    if (!originCheck.passes(client)) {
      tell(Reason.FOREIGN_ORIGIN, found.session(), client);
      throw foreignOrigin();
    }
  }

  /**
   * Lets a sign-in pass only if no other site had a browser send it: it would make the browser's
   * owner work in somebody else's name.
   *
   * @throws ForbiddenException if one had
   */
  void requireOwnOrigin(Client client) {
    if (!originCheck.passes(client)) {
      listener.failed(Reason.FOREIGN_ORIGIN, null, client.address());
      throw foreignOrigin();
    }
  }

  private static ForbiddenException foreignOrigin() {
    return new ForbiddenException("a browser sent this request on behalf of another site");
  }

  private void tell(Reason reason, Session session, Client client) {
    listener.failed(reason, session.signIn().username(), client.address());
  }
}
