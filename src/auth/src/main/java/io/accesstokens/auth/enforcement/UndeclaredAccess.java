package io.accesstokens.auth.enforcement;

import io.accesstokens.auth.RequiresScope;

/**
 * Determines the access to a resource method if neither the method nor its class declares access.
 * The declarations of access are {@link RequiresScope}, {@code @RolesAllowed}, {@code @PermitAll}
 * and {@code @DenyAll}.
 */
public enum UndeclaredAccess {

  /**
   * The application does not start, and the error message names the method. If the class is found
   * only by a sub-resource locator, each request to the method gets status 500 instead.
   */
  STOPS_START,

  /** All callers are denied, as with {@code @DenyAll}. A warning in the log names the method. */
  DENIED,

  /** Any authenticated caller is allowed, even without any scope. */
  AUTHENTICATED,

  /**
   * The method is open to all callers. Use this value only if other code guards the methods, or if
   * all methods without a declaration should be open.
   */
  UNGUARDED
}
