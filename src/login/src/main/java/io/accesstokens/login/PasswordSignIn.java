package io.accesstokens.login;

import io.accesstokens.http.JsonBody;
import io.accesstokens.login.SignInListener.Reason;
import io.accesstokens.session.Session;
import io.accesstokens.token.InvalidRequestException;
import io.accesstokens.token.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Signs somebody in to a session by a name and a password. */
final class PasswordSignIn {

  /** What the columns of a session hold. */
  private static final int MOST_CODE_POINTS = 255;

  private final BrowserSessions sessions;
  private final PasswordCheck passwords;

  PasswordSignIn(BrowserSessions sessions, PasswordCheck passwords) {
    this.sessions = sessions;
    this.passwords = passwords;
  }

  /**
   * Begins a session.
   *
   * @param body the members {@code username} and {@code password}
   * @throws InvalidRequestException if one of them is not there, or no text
   * @throws jakarta.ws.rs.NotAuthorizedException if they are not good
   */
  BrowserSessions.Found begin(JsonBody body, RequestInfo client) {
    String typedName = body.string("username");
    String password = body.string("password");
    List<Violation> violations = new ArrayList<>(body.violations());
    for (String name : List.of("username", "password")) {
      String value = name.equals("username") ? typedName : password;
      if (value == null && violations.stream().noneMatch(it -> it.field().equals(name))) {
        violations.add(new Violation(name, "is required"));
      }
    }
    if (typedName == null || password == null || !violations.isEmpty()) {
      throw new InvalidRequestException(violations);
    }
    String username = UsersFile.isUsername(typedName) ? UsersFile.canonical(typedName) : "";
    // Composing a text can make it longer.
    if (username.isEmpty() || username.codePointCount(0, username.length()) > MOST_CODE_POINTS) {
      throw passwords.refusal(Reason.MALFORMED, null, client);
    }
    PasswordCheck.Verified verified = passwords.check(username, password.toCharArray(), client);
    Optional<BrowserSessions.Found> begun =
        sessions
            .standing(Session.Way.PASSWORD, username)
            .flatMap(
                standing -> sessions.begin(client, null, key -> of(verified, username, standing)));
    // Taken from the people in this very moment.
    return begun.orElseThrow(() -> passwords.refusal(Reason.WRONG_CREDENTIALS, username, client));
  }

  /** Returns what a session keeps of a sign-in. */
  static Session.SignIn of(PasswordCheck.Verified verified, String username, String standing) {
    return new Session.SignIn(
        verified.user(),
        displayName(verified.displayName(), username),
        Session.Way.PASSWORD,
        username,
        standing,
        verified.roles(),
        Set.of(),
        verified.sample(),
        null);
  }

  /**
   * How to address somebody.
   *
   * @param given by whoever knows them; null if nobody does
   */
  static String displayName(@Nullable String given, String username) {
    return shortened(given == null || given.isBlank() ? username : given.strip());
  }

  /** As much of a text as a session holds. */
  static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= MOST_CODE_POINTS
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MOST_CODE_POINTS));
  }
}
