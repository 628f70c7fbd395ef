package io.accesstokens.auth.enforcement;

import io.accesstokens.auth.RequiresScope;

/**
 * Determines the access to a resource method if neither the method nor its class declares access.
 * Declarations are {@link RequiresScope}, {@code @RolesAllowed}, {@code @PermitAll} and
 * {@code @DenyAll}.
 */
public enum UndeclaredAccess {

  /** The application does not start, and the error message names the method. */
  STOPS_START,

  /** All callers are denied, as with {@code @DenyAll}. A warning at start names the method. */
  DENIED,

  /** Any authenticated caller is allowed, with any scopes or none. */
  AUTHENTICATED,

  /**
   * The method is open to all callers. This value is for applications whose methods are guarded by
   * other code, or were always open. With this value, a forgotten declaration leaves a method open
   * to all callers.
   */
  UNGUARDED
}
