package io.accesstokens.token;

import java.util.List;

/** The names of the permissions, as used in {@code @RolesAllowed}, in settings and in answers. */
public final class Permissions {

  /** List, get and audit service tokens; read the scope catalogue. */
  public static final String SERVICE_READ = "access-tokens:service:read";

  /** Create service tokens. */
  public static final String SERVICE_WRITE = "access-tokens:service:write";

  /** Revoke service tokens. */
  public static final String SERVICE_REVOKE = "access-tokens:service:revoke";

  /** List, get and audit one's own personal tokens. */
  public static final String USER_READ = "access-tokens:user:read";

  /** Create personal tokens of one's own. */
  public static final String USER_WRITE = "access-tokens:user:write";

  /** Revoke one's own personal tokens. */
  public static final String USER_REVOKE = "access-tokens:user:revoke";

  /** List the personal tokens of others, look at their trails, and revoke them. */
  public static final String USER_ADMIN = "access-tokens:user:admin";

  /** Ask whether a raw token of anybody's is good, and what it may do (RFC 7662). */
  public static final String INTROSPECT = "access-tokens:introspect";

  /** Starts every permission; a scope that starts so is a permission given to a token. */
  public static final String PREFIX = "access-tokens:";

  /** The permissions on service tokens, in the order in which answers list them. */
  public static final List<String> SERVICE = List.of(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE);

  /** The permissions on one's own personal tokens, in the order in which answers list them. */
  public static final List<String> USER = List.of(USER_READ, USER_WRITE, USER_REVOKE);

  /** All permissions that there are, in the order in which answers list them. */
  public static final List<String> ALL =
      List.of(
          SERVICE_READ,
          SERVICE_WRITE,
          SERVICE_REVOKE,
          INTROSPECT,
          USER_READ,
          USER_WRITE,
          USER_REVOKE,
          USER_ADMIN);

  /**
   * The permissions that a personal token can carry as scopes. Not among them are {@link
   * #USER_WRITE}, because no personal token makes another, and {@link #USER_ADMIN}, because it
   * reaches other people's.
   */
  public static final List<String> DELEGABLE =
      List.of(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE, INTROSPECT, USER_READ, USER_REVOKE);

  /** What a personal token without scopes may do, as far as its user may. */
  static final List<String> DELEGATED_BY_DEFAULT = List.of(SERVICE_READ, USER_READ);

  private Permissions() {}
}
