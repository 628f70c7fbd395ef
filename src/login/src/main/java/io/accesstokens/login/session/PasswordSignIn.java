package io.accesstokens.login.session;

import io.accesstokens.http.input.JsonBody;
import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.login.password.PasswordVerifier;
import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.login.password.UsersFile;
import io.accesstokens.session.Session;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies the username and password of a user, and starts a session for the user. */
public final class PasswordSignIn {

  /** Maximum length of a username or display name in a session, in code points. */
  private static final int MAX_CODE_POINTS = 255;

  private final BrowserSessions sessions;
  private final PasswordVerifier passwordVerifier;

  PasswordSignIn(BrowserSessions sessions, PasswordVerifier passwordVerifier) {
    this.sessions = sessions;
    this.passwordVerifier = passwordVerifier;
  }

  /**
   * Starts a session.
   *
   * @param body the body of the request, with the members {@code username} and {@code password}
   * @throws InvalidRequestException if the username or the password is missing or is not text
   * @throws jakarta.ws.rs.NotAuthorizedException if the username and the password are not valid
   * @throws jakarta.ws.rs.ClientErrorException with status 429 if too many wrong passwords were
   *     tried
   * @throws jakarta.ws.rs.ServiceUnavailableException if the password cannot be verified in time
   */
  BrowserSessions.ValidSession startSession(JsonBody body, RequestInfo requestInfo) {
    String typedName = body.string("username");
    String password = body.string("password");
    List<Violation> violations = new ArrayList<>(body.violations());
    for (String name : List.of("username", "password")) {
      String value = name.equals("username") ? typedName : password;
      if (value == null
          && violations.stream().noneMatch(violation -> violation.field().equals(name))) {
        violations.add(new Violation(name, "is required"));
      }
    }
    if (typedName == null || password == null || !violations.isEmpty()) {
      throw new InvalidRequestException(violations);
    }
    String username = UsersFile.isUsername(typedName) ? UsersFile.canonical(typedName) : "";
    // Unicode composition can make a text longer.
    if (username.isEmpty() || username.codePointCount(0, username.length()) > MAX_CODE_POINTS) {
      throw passwordVerifier.refusal(Reason.MALFORMED, null, requestInfo);
    }
    PasswordVerifier.VerifiedUser verified =
        passwordVerifier.verify(username, password.toCharArray(), requestInfo);
    Optional<BrowserSessions.ValidSession> started =
        sessions
            .accountStatus(Session.LoginMethod.PASSWORD, username)
            .flatMap(
                accountStatus ->
                    sessions.start(
                        requestInfo, null, key -> of(verified, username, accountStatus)));
    // The result is empty if the account was removed after the password was verified.
    return started.orElseThrow(
        () -> passwordVerifier.refusal(Reason.WRONG_CREDENTIALS, username, requestInfo));
  }

  /**
   * Creates the sign-in data of a new session from a verified password.
   *
   * @param accountStatus the account state of the user
   */
  static Session.SignIn of(
      PasswordVerifier.VerifiedUser verified, String username, String accountStatus) {
    return new Session.SignIn(
        verified.user(),
        displayName(verified.displayName(), username),
        Session.LoginMethod.PASSWORD,
        username,
        accountStatus,
        verified.roles(),
        Set.of(),
        verified.sample(),
        null);
  }

  /**
   * Returns the display name, or the username if there is no display name.
   *
   * @param nameOrNull the display name from the identity store; null if there is none
   */
  public static String displayName(@Nullable String nameOrNull, String username) {
    return shortened(nameOrNull == null || nameOrNull.isBlank() ? username : nameOrNull.strip());
  }

  /**
   * Returns the text as a session stores it: truncated to the maximum length, and without NUL,
   * which PostgreSQL does not store.
   */
  public static String shortened(String text) {
    String stored = text.replace("\0", "");
    return stored.codePointCount(0, stored.length()) <= MAX_CODE_POINTS
        ? stored
        : stored.substring(0, stored.offsetByCodePoints(0, MAX_CODE_POINTS));
  }
}
