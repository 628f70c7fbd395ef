package io.accesstokens.auth;

/**
 * What becomes of a resource method for which neither it nor its class declares access, by {@link
 * RequiresScope}, {@code @RolesAllowed}, {@code @PermitAll} or {@code @DenyAll}.
 */
public enum UndeclaredAccess {

  /** The application does not start, and the message names the method. */
  STOPS_START,

  /** Nobody may call it, as with {@code @DenyAll}; a warning at start names the method. */
  DENIED,

  /** Anybody may call it who is authenticated, whatever scopes they have. */
  AUTHENTICATED,

  /**
   * It is not guarded: for methods that something else guards, or that were always open. Whoever
   * forgets a declaration then opens a route.
   */
  UNGUARDED
}
