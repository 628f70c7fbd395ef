package io.accesstokens.auth;

import java.security.Principal;
import java.util.List;

/**
 * A caller that is known, and lacks what a route requires.
 *
 * @param caller the request's principal; a {@link TokenPrincipal} if it came with a raw token
 * @param route where to
 * @param required the scopes, all of which are needed, or the roles, one of which is; empty if
 *     nobody may call it
 * @param missing those of them that the caller lacks
 * @param stage what came of it: {@link Stage#ENFORCE} if it was refused; otherwise it was served
 */
public record Denial(
    Principal caller, Route route, List<String> required, List<String> missing, Stage stage) {

  public Denial {
    required = List.copyOf(required);
    missing = List.copyOf(missing);
  }

  /** One line for a log, without control characters. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(stage).append(": ").append(route).append(" requires ").append(required);
    text.append(", missing ").append(missing).append(", caller ");
    // Names of tokens are checked when they are made; a host's own principals may be anything.
    String.valueOf(caller.getName())
        .codePoints()
        .map(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c)
        .forEach(text::appendCodePoint);
    if (caller instanceof TokenPrincipal token) {
      text.append(", token ").append(token.verified().tokenId());
    }
    return text.toString();
  }
}
