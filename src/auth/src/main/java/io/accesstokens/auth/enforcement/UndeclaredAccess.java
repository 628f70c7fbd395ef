package io.accesstokens.auth.enforcement;

import io.accesstokens.auth.RequiresScope;

/**
 * The access to a resource method without a declaration on itself or its class. Declarations are
 * {@link RequiresScope}, {@code @RolesAllowed}, {@code @PermitAll} and {@code @DenyAll}.
 */
public enum UndeclaredAccess {

  /** The application does not start, and the message names the method. */
  STOPS_START,

  /** All callers are denied, as with {@code @DenyAll}. A warning at start names the method. */
  DENIED,

  /** Any authenticated caller is allowed, with any scopes or none. */
  AUTHENTICATED,

  /**
   * The method is not guarded. This is for methods that other code guards, or that were always
   * open. A forgotten declaration then leaves a method open to all.
   */
  UNGUARDED
}
