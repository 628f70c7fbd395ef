package io.accesstokens.token;

import java.util.List;

/** The names of the permissions, as used in {@code @RolesAllowed}, settings and responses. */
public final class Permissions {

  /** List, get and audit service tokens; read the scope catalogue. */
  public static final String SERVICE_READ = "access-tokens:service:read";

  /** Create service tokens. */
  public static final String SERVICE_WRITE = "access-tokens:service:write";

  /** Revoke service tokens. */
  public static final String SERVICE_REVOKE = "access-tokens:service:revoke";

  /** List, get and audit one's own personal tokens. */
  public static final String USER_READ = "access-tokens:user:read";

  /** Create one's own personal tokens. */
  public static final String USER_WRITE = "access-tokens:user:write";

  /** Revoke one's own personal tokens. */
  public static final String USER_REVOKE = "access-tokens:user:revoke";

  /** List, audit and revoke the personal tokens of other users. */
  public static final String USER_ADMIN = "access-tokens:user:admin";

  /** Ask whether any raw token is valid, and what it may do (RFC 7662). */
  public static final String INTROSPECT = "access-tokens:introspect";

  /** The prefix of every permission. A scope with this prefix is a permission of a token. */
  public static final String PREFIX = "access-tokens:";

  /** The permissions on service tokens, in the order of responses. */
  public static final List<String> SERVICE = List.of(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE);

  /** The permissions on one's own personal tokens, in the order of responses. */
  public static final List<String> USER = List.of(USER_READ, USER_WRITE, USER_REVOKE);

  /** All permissions, in the order of responses. */
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
   * The permissions that a personal token can carry as scopes. {@link #USER_WRITE} is not one of
   * them, because a personal token cannot create another one. {@link #USER_ADMIN} is not one of
   * them, because it applies to the tokens of other users.
   */
  public static final List<String> DELEGABLE =
      List.of(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE, INTROSPECT, USER_READ, USER_REVOKE);

  /** The permissions of a personal token without scopes, as far as its user has them. */
  public static final List<String> DELEGATED_BY_DEFAULT = List.of(SERVICE_READ, USER_READ);

  private Permissions() {}
}
