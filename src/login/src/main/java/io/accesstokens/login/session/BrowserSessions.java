package io.accesstokens.login.session;

import io.accesstokens.http.caller.OriginCheck;
import io.accesstokens.http.problem.ForbiddenRequestException;
import io.accesstokens.login.AccountStatus;
import io.accesstokens.login.SignInListener;
import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.login.SignInListener.SignOut;
import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.session.Session;
import io.accesstokens.session.SessionKey;
import io.accesstokens.session.Sessions;
import io.accesstokens.token.Actor;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.policy.OtherUserException;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Starts, finds and ends browser sessions. The state, groups and roles of the user are loaded again
 * for each request.
 *
 * <p>Does not catch {@link io.accesstokens.token.StoreUnavailableException} and {@link
 * DirectoryUnavailableException}.
 */
public final class BrowserSessions {

  /**
   * The name of a header that pages of this service send, with any value. A form cannot send this
   * header. A script of another site can send this header only if this service allows the site
   * (CORS).
   */
  private static final String OWN_SCRIPT = "X-Requested-With";

  /**
   * The name of an optional header with the percent-encoded ref of the user for whom a page was
   * loaded. An unsafe request is rejected if the session belongs to another user. Another user can
   * have signed in to the same browser in another tab.
   */
  private static final String SESSION_USER = "X-Session-User";

  private final Sessions sessions;
  private final OwnCookie cookie;
  private final AccountStatus accountStatus;
  private final GroupDirectory directory;
  private final PermissionPolicy permissions;
  private final OriginCheck originCheck;
  private final SignInListener listener;

  /**
   * Creates the service.
   *
   * @param publicUrl the URL at which browsers reach this service; null to use the URL of each
   *     request
   * @param accountStatus returns the current account state of a user
   * @param directory returns the groups of a user
   * @param permissions the policy, which provides the names of the roles in its rules
   * @param originCheck checks unsafe requests
   * @param listener receives sign-ins, sign-outs, and rejected uses of sessions
   */
  public BrowserSessions(
      Sessions sessions,
      @Nullable URI publicUrl,
      AccountStatus accountStatus,
      GroupDirectory directory,
      PermissionPolicy permissions,
      OriginCheck originCheck,
      SignInListener listener) {
    this.sessions = sessions;
    this.cookie = new OwnCookie("access-tokens-session", publicUrl);
    this.accountStatus = accountStatus;
    this.directory = directory;
    this.permissions = permissions;
    this.originCheck = originCheck;
    this.listener = listener;
  }

  /**
   * A session that has not expired, and the key of this session from the browser's cookie. The user
   * may have lost the right to sign in.
   */
  record KeyedSession(Session session, SessionKey key) {}

  /**
   * A valid session: the session has not expired, and the user may still sign in.
   *
   * @param person the current state of the user, with the id of the session
   */
  public record ValidSession(KeyedSession keyedSession, Actor.Person person) {}

  /**
   * Returns the valid session of a request. Returns empty if there is none. Also returns empty if
   * the request has an {@code Authorization} header, because this header takes precedence over the
   * cookie.
   */
  public Optional<ValidSession> find(RequestInfo requestInfo) {
    return keyedSession(requestInfo).flatMap(keyed -> validSession(keyed, requestInfo));
  }

  /**
   * Returns the session that a sign-out request ends. This method does not load groups, because an
   * outage of the group directory must not prevent a sign-out. If the account state cannot be
   * loaded, the session counts as valid.
   *
   * @param everywhere true if the request ends all sessions of the user, which needs the current
   *     key. If false, the current key and the former key of the session are accepted, see {@link
   *     Sessions#findToEnd}
   */
  Optional<KeyedSession> findToEnd(RequestInfo requestInfo, boolean everywhere) {
    Optional<KeyedSession> keyed =
        everywhere ? keyedSession(requestInfo) : keyedSession(requestInfo, sessions::findToEnd);
    return keyed.filter(found -> isStillValid(found.session()));
  }

  private Optional<KeyedSession> keyedSession(RequestInfo requestInfo) {
    return keyedSession(
        requestInfo, key -> sessions.find(key, BrowserName.bounded(requestInfo.address())));
  }

  private Optional<KeyedSession> keyedSession(
      RequestInfo requestInfo, Function<SessionKey, Optional<Session>> find) {
    return requestInfo.header(HttpHeaders.AUTHORIZATION).isEmpty()
        ? key(requestInfo)
            .flatMap(key -> find.apply(key).map(session -> new KeyedSession(session, key)))
            .filter(keyed -> mayComeFrom(keyed.session(), requestInfo))
        : Optional.empty();
  }

  private Optional<SessionKey> key(RequestInfo requestInfo) {
    return cookie.value(requestInfo).flatMap(SessionKey::parse);
  }

  private boolean isStillValid(Session session) {
    try {
      return !endIfAccountChanged(session);
    } catch (DirectoryUnavailableException e) {
      return true;
    }
  }

  /**
   * Ends a session if its account has changed. Otherwise a stolen session would become valid again
   * when a disabled account is enabled again.
   *
   * @return true if the session was ended
   */
  private boolean endIfAccountChanged(Session session) {
    Session.SignIn signIn = session.signIn();
    boolean changed =
        accountStatus
            .of(signIn.loginMethod(), signIn.username(), signIn.accountStatus())
            .filter(signIn.accountStatus()::equals)
            .isEmpty();
    if (changed) {
      sessions.end(session.id());
    }
    return changed;
  }

  private boolean mayComeFrom(Session session, RequestInfo requestInfo) {
    if (session.signIn().loopbackOnly() && !requestInfo.isLocal()) {
      report(Reason.SAMPLE_NOT_LOCAL, session, requestInfo);
      return false;
    }
    return true;
  }

  private Optional<ValidSession> validSession(KeyedSession keyed, RequestInfo requestInfo) {
    return person(keyed.session(), requestInfo.address())
        .map(person -> new ValidSession(keyed, person));
  }

  private Optional<Actor.Person> person(Session session, @Nullable String address) {
    if (endIfAccountChanged(session)) {
      return Optional.empty();
    }
    Session.SignIn signIn = session.signIn();
    Set<EntityRef> groups = new HashSet<>(directory.groupsOf(signIn.user()));
    groups.addAll(signIn.groups());
    Set<String> roles = new HashSet<>(signIn.roles());
    roles.retainAll(permissions.roles());
    return Optional.of(
        new Actor.Person(
            signIn.user(), groups, roles, address, session.id(), session.signedInAt()));
  }

  /**
   * Returns the current account state that a login method reports. Returns empty if the user may
   * not sign in with this login method.
   */
  Optional<String> accountStatus(Session.LoginMethod method, String username) {
    return accountStatus.of(method, username, null);
  }

  /**
   * Starts a session and ends the previous session of the browser.
   *
   * @param authenticatedAt the time at which the user signed in; null for the current time
   * @param signIn returns the sign-in data of the session; receives the new session key, and can
   *     encrypt data with it
   * @return empty if the user may no longer sign in. The new session is then ended, and the
   *     previous session is not ended
   */
  public Optional<ValidSession> start(
      RequestInfo requestInfo,
      @Nullable Instant authenticatedAt,
      Function<SessionKey, Session.SignIn> signIn) {
    Sessions.StartedSession started =
        sessions.start(BrowserName.deviceOf(requestInfo), authenticatedAt, signIn);
    Optional<ValidSession> valid = Optional.empty();
    boolean complete = false;
    try {
      valid = validSession(new KeyedSession(started.session(), started.key()), requestInfo);
      if (valid.isPresent()) {
        key(requestInfo)
            .flatMap(sessions::findToEnd)
            .ifPresent(former -> sessions.end(former.id()));
        complete = true;
      }
    } finally {
      if (!complete) { // No client receives the key.
        sessions.end(started.session().id());
      }
    }
    valid.ifPresent(
        session ->
            listener.signedIn(
                session.person().ref(),
                started.session().signIn().loginMethod(),
                requestInfo.address()));
    return valid;
  }

  /**
   * Gives a session a new key after the user has signed in again. When this method returns, the
   * former key can only end the session, on all replicas.
   *
   * @param authenticatedAt the time at which the user signed in again; null for the current time
   * @param signIn returns the new sign-in data; receives the new session key, and must return a
   *     sign-in of the same user
   * @return empty if the session has ended or has got another key before the renewal
   */
  public Optional<ValidSession> renew(
      ValidSession current,
      RequestInfo requestInfo,
      @Nullable Instant authenticatedAt,
      Function<SessionKey, Session.SignIn> signIn) {
    KeyedSession former = current.keyedSession();
    Optional<ValidSession> renewed =
        sessions
            .renew(former.key(), former.session(), authenticatedAt, signIn)
            .map(
                started ->
                    new ValidSession(
                        new KeyedSession(started.session(), started.key()),
                        signedInAt(current.person(), started.session().signedInAt())));
    renewed.ifPresent(
        again ->
            listener.signedInAgain(
                again.person().ref(),
                again.keyedSession().session().signIn().loginMethod(),
                requestInfo.address()));
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

  /** Ends a session on all replicas. */
  void end(Session session, RequestInfo requestInfo) {
    sessions.end(session.id());
    listener.signedOut(session.signIn().user(), SignOut.THIS, requestInfo.address());
  }

  void endAllOf(EntityRef user, RequestInfo requestInfo) {
    sessions.endAllOf(user);
    listener.signedOut(user, SignOut.ALL, requestInfo.address());
  }

  /** Returns the values of the {@code Set-Cookie} headers that contain the key of a session. */
  public List<String> cookiesOf(ValidSession started, RequestInfo requestInfo) {
    return cookie.setHeaders(started.keyedSession().key().reveal(), requestInfo);
  }

  /** Returns the values of the {@code Set-Cookie} headers that remove the session cookie. */
  List<String> noCookies(RequestInfo requestInfo) {
    return cookie.removalHeaders(requestInfo);
  }

  /**
   * Rejects an unsafe request in a session if a page of this service did not send the request. Also
   * rejects the request if the page was loaded for another user. The first check is necessary
   * because browsers also add the cookie to requests of other sites.
   *
   * @throws ForbiddenRequestException if the request does not come from a page of this service
   * @throws OtherUserException if the page was loaded for another user
   */
  void requireOwnPage(Session session, RequestInfo requestInfo) {
    if (OriginCheck.isSafe(requestInfo.method())) {
      return;
    }
    if (requestInfo.header(OWN_SCRIPT).isEmpty()) {
      report(Reason.FOREIGN_ORIGIN, session, requestInfo);
      throw new ForbiddenRequestException(
          "a request in a session that changes something needs the header "
              + OWN_SCRIPT
              + ", with any value");
    }
    if (!originCheck.passes(requestInfo.method(), requestInfo.headers(), requestInfo.uri())) {
      report(Reason.FOREIGN_ORIGIN, session, requestInfo);
      throw OriginCheck.refusal();
    }
    EntityRef user = session.signIn().user();
    if (!requestInfo.header(SESSION_USER).stream()
        .map(BrowserSessions::decoded)
        .allMatch(user.toString()::equals)) {
      throw new OtherUserException(user);
    }
  }

  /**
   * Returns the decoded value of a percent-encoded header. Returns an empty text if the encoding is
   * invalid.
   */
  private static String decoded(String header) {
    try {
      return URLDecoder.decode(header, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /**
   * Rejects a sign-in request that a browser sends on behalf of another site. Without this check,
   * another site could sign the browser in as another user.
   *
   * @throws ForbiddenRequestException if the request comes from another site
   */
  void requireOwnOrigin(RequestInfo requestInfo) {
    if (!originCheck.passes(requestInfo.method(), requestInfo.headers(), requestInfo.uri())) {
      listener.failed(
          Session.LoginMethod.PASSWORD, Reason.FOREIGN_ORIGIN, null, requestInfo.address());
      throw OriginCheck.refusal();
    }
  }

  private void report(Reason reason, Session session, RequestInfo requestInfo) {
    Session.SignIn signIn = session.signIn();
    listener.failed(signIn.loginMethod(), reason, signIn.username(), requestInfo.address());
  }
}
