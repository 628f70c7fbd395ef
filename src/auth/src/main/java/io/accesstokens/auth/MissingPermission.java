package io.accesstokens.auth;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.enforcement.Route;
import java.security.Principal;
import java.util.List;

/**
 * A request whose authenticated caller lacks a required scope or role.
 *
 * @param caller the request's principal; a {@link TokenPrincipal} if the request had a raw token
 * @param route the resource method that was called
 * @param required all required scopes, or all accepted roles of which the caller needs one; empty
 *     if all callers are denied
 * @param missing the scopes or roles in {@code required} that the caller lacks
 * @param mode {@link EnforcementMode#ENFORCE} if the request was denied; in any other mode, the
 *     request was served
 */
public record MissingPermission(
    Principal caller,
    Route route,
    List<String> required,
    List<String> missing,
    EnforcementMode mode) {

  public MissingPermission {
    required = List.copyOf(required);
    missing = List.copyOf(missing);
  }

  /** Returns one line for a log, without control characters. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(mode).append(": ").append(route).append(" requires ").append(required);
    text.append(", missing ").append(missing).append(", caller ");
    // The names of tokens are validated at creation. The application's own principals can have any
    // name.
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
