package io.accesstokens.login;

import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.login.SignInListener.SignOut;
import io.accesstokens.session.Session;
import io.accesstokens.session.SessionKey;
import io.accesstokens.session.Sessions;
import io.accesstokens.token.Actor;
import io.accesstokens.token.DirectoryUnavailableException;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Begins, finds and ends the sessions in which browsers make their requests. Who somebody is now,
 * with which groups and roles, is asked for anew with each request.
 *
 * <p>Lets {@link io.accesstokens.token.StoreUnavailableException} and {@link
 * DirectoryUnavailableException} through.
 */
public final class BrowserSessions {

  /** Any value will do: no form can send it, and a script of another site must ask for it. */
  private static final String OWN_SCRIPT = "X-Requested-With";

  private final Sessions sessions;
  private final OwnCookie cookie;
  private final AccountStatus standings;
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
      AccountStatus standings,
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
   * A session whose time is not over.
   *
   * @param key with which it was found or begun
   */
  record Held(Session session, SessionKey key) {}

  /**
   * A session that is good.
   *
   * @param person who that is now, with the session's id
   */
  record Found(Held held, Actor.Person person) {}

  /** The session of a request; none if it has another credential, which counts for more. */
  Optional<Found> find(RequestInfo client) {
    return held(client).flatMap(held -> found(held, client));
  }

  /**
   * The session of a request that is to end. Nobody can be kept from signing out because those who
   * know of people and groups do not answer; so groups are not asked for, and a person of whom it
   * cannot be found out whether they may be signed in is taken for the one who signed in.
   */
  Optional<Held> findToEnd(RequestInfo client) {
    return held(client).filter(held -> mayStillStand(held.session().signIn()));
  }

  private Optional<Held> held(RequestInfo client) {
    return client.header(HttpHeaders.AUTHORIZATION).isEmpty()
        ? key(client)
            .flatMap(
                key ->
                    sessions
                        .find(key, BrowserName.bounded(client.address()))
                        .map(session -> new Held(session, key)))
            .filter(held -> mayComeFrom(held.session(), client))
        : Optional.empty();
  }

  private Optional<SessionKey> key(RequestInfo client) {
    return cookie.value(client).flatMap(SessionKey::parse);
  }

  private boolean mayStillStand(Session.SignIn signIn) {
    try {
      return stands(signIn);
    } catch (DirectoryUnavailableException e) {
      return true;
    }
  }

  private boolean stands(Session.SignIn signIn) {
    return standing(signIn.way(), signIn.username()).filter(signIn.standing()::equals).isPresent();
  }

  private boolean mayComeFrom(Session session, RequestInfo client) {
    if (session.signIn().loopbackOnly() && !client.isLocal()) {
      tell(Reason.SAMPLE_NOT_LOCAL, session, client);
      return false;
    }
    return true;
  }

  private Optional<Found> found(Held held, RequestInfo client) {
    return person(held.session(), client.address()).map(person -> new Found(held, person));
  }

  private Optional<Actor.Person> person(Session session, @Nullable String address) {
    Session.SignIn signIn = session.signIn();
    if (!stands(signIn)) {
      return Optional.empty();
    }
    Set<EntityRef> groups = new HashSet<>(directory.groupsOf(signIn.user()));
    groups.addAll(signIn.groups());
    Set<String> roles = new HashSet<>(signIn.roles());
    roles.retainAll(permissions.roles());
    return Optional.of(
        new Actor.Person(
            signIn.user(), groups, roles, address, session.id(), session.signedInAt()));
  }

  /** What that way of signing in says of somebody; empty if they may not sign in by it. */
  Optional<String> standing(Session.Way way, String username) {
    return standings.of(way, username);
  }

  /**
   * Begins a session. Those that the browser was in are over then.
   *
   * @param provedAt when the person proved who they are; null: now
   * @param signIn gets the new key, with which it may seal something
   * @return empty if the person may not sign in any more; there is no new session then
   */
  Optional<Found> begin(
      RequestInfo client, @Nullable Instant provedAt, Function<SessionKey, Session.SignIn> signIn) {
    Sessions.Begun begun = sessions.begin(BrowserName.deviceOf(client), provedAt, signIn);
    Optional<Found> found = Optional.empty();
    try {
      found = found(new Held(begun.session(), begun.key()), client);
    } finally {
      if (found.isEmpty()) { // Nobody has its key.
        sessions.end(begun.session().id());
      }
    }
    if (found.isEmpty()) {
      return found;
    }
    key(client)
        .flatMap(key -> sessions.find(key, null))
        .ifPresent(former -> sessions.end(former.id()));
    listener.signedIn(found.get().person().ref(), begun.session().signIn().way(), client.address());
    return found;
  }

  /**
   * Gives a session a new key after its person has signed in again. The former key is good nowhere
   * when this returns.
   *
   * @param provedAt as of {@link #begin}
   * @param signIn gets the new key, and must be of the same person
   * @return empty if the session has ended meanwhile
   */
  Optional<Found> renew(
      Found found,
      RequestInfo client,
      @Nullable Instant provedAt,
      Function<SessionKey, Session.SignIn> signIn) {
    Held former = found.held();
    Optional<Found> renewed =
        sessions
            .renew(former.key(), former.session(), provedAt, signIn)
            .map(
                begun ->
                    new Found(
                        new Held(begun.session(), begun.key()),
                        signedInAt(found.person(), begun.session().signedInAt())));
    renewed.ifPresent(
        again ->
            listener.signedInAgain(
                again.person().ref(), again.held().session().signIn().way(), client.address()));
    return renewed;
  }

  private static Actor.Person signedInAt(Actor.Person person, Instant at) {
    return new Actor.Person(
        person.ref(),
        person.groups(),
        person.roles(),
        person.clientAddress(),
        person.sessionId(),
        at);
  }

  /** Ends a session everywhere. */
  void end(Session session, RequestInfo client) {
    sessions.end(session.id());
    listener.signedOut(session.signIn().user(), SignOut.THIS, client.address());
  }

  /** Ends all sessions of a person. */
  void endAllOf(EntityRef user, RequestInfo client) {
    sessions.endAllOf(user);
    listener.signedOut(user, SignOut.ALL, client.address());
  }

  /** Returns the values of {@code Set-Cookie} for a session that has begun. */
  List<String> cookiesOf(Found begun, RequestInfo client) {
    return cookie.give(begun.held().key().reveal(), client);
  }

  /** Returns the values of {@code Set-Cookie} that remove the cookie. */
  List<String> noCookies(RequestInfo client) {
    return cookie.take(client);
  }

  /**
   * Lets an unsafe request in a session pass only if a page of ours has sent it: a browser adds the
   * cookie to others' requests, too.
   *
   * @throws ForbiddenException if none has
   */
  void requireOwnPage(Session session, RequestInfo client) {
    if (!OriginCheck.isSafe(client.method()) && client.header(OWN_SCRIPT).isEmpty()) {
      tell(Reason.FOREIGN_ORIGIN, session, client);
      throw new ForbiddenException("an unsafe request in a session needs X-Requested-With");
    }
    if (!originCheck.passes(client)) {
      tell(Reason.FOREIGN_ORIGIN, session, client);
      throw foreignOrigin();
    }
  }

  /**
   * Lets a sign-in pass only if no other site had a browser send it: it would make the browser's
   * owner work in somebody else's name.
   *
   * @throws ForbiddenException if one had
   */
  void requireOwnOrigin(RequestInfo client) {
    if (!originCheck.passes(client)) {
      listener.failed(Reason.FOREIGN_ORIGIN, null, client.address());
      throw foreignOrigin();
    }
  }

  private static ForbiddenException foreignOrigin() {
    return new ForbiddenException("a browser sent this request on behalf of another site");
  }

  private void tell(Reason reason, Session session, RequestInfo client) {
    listener.failed(reason, session.signIn().username(), client.address());
  }
}
