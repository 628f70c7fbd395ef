package io.accesstokens.token;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names of the permissions, as used in {@code @RolesAllowed}, settings and responses. */
public final class Permissions {

  /** Permission to list, read and audit service tokens, and to read the scope catalog. */
  public static final String SERVICE_READ = "access-tokens:service:read";

  /** Permission to create, change and rotate service tokens. */
  public static final String SERVICE_WRITE = "access-tokens:service:write";

  /** Permission to revoke service tokens, and to end their previous secrets. */
  public static final String SERVICE_REVOKE = "access-tokens:service:revoke";

  /** Permission of a user to list, read and audit their own personal tokens. */
  public static final String USER_READ = "access-tokens:user:read";

  /** Permission of a user to create and rotate their own personal tokens. */
  public static final String USER_WRITE = "access-tokens:user:write";

  /**
   * Permission of a user to revoke their own personal tokens, and to end the previous secrets of
   * these tokens.
   */
  public static final String USER_REVOKE = "access-tokens:user:revoke";

  /**
   * Permission to list, audit and revoke the personal tokens of all users. The revocation of all
   * tokens of a user also ends the sessions of this user.
   */
  public static final String USER_ADMIN = "access-tokens:user:admin";

  /**
   * Permission to introspect any raw token (RFC 7662). An introspection shows whether the token is
   * valid. For a valid token, it also shows the scopes.
   */
  public static final String INTROSPECT = "access-tokens:introspect";

  /** Permission to read the metrics of the service. */
  public static final String METRICS_READ = "access-tokens:metrics:read";

  /** Permission to read the transparency log, which contains the audit events of all tokens. */
  public static final String LOG_READ = "access-tokens:log:read";

  /**
   * The prefix of every permission. A scope with this prefix gives a token the permission with the
   * same name.
   */
  public static final String PREFIX = "access-tokens:";

  /** The permissions on service tokens, in the order in which responses list them. */
  public static final List<String> SERVICE = List.of(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE);

  /**
   * The permissions of users on their own personal tokens, in the order in which responses list
   * them.
   */
  public static final List<String> USER = List.of(USER_READ, USER_WRITE, USER_REVOKE);

  /** The permissions on personal tokens. They have no effect while personal tokens are disabled. */
  public static final Set<String> PERSONAL =
      Stream.concat(USER.stream(), Stream.of(USER_ADMIN)).collect(Collectors.toUnmodifiableSet());

  /** All permissions, in the order in which responses list them. */
  public static final List<String> ALL =
      List.of(
          SERVICE_READ,
          SERVICE_WRITE,
          SERVICE_REVOKE,
          INTROSPECT,
          METRICS_READ,
          LOG_READ,
          USER_READ,
          USER_WRITE,
          USER_REVOKE,
          USER_ADMIN);

  /**
   * The permissions that a personal token can have as scopes. {@link #USER_WRITE} is excluded,
   * because a personal token cannot create personal tokens. {@link #USER_ADMIN} is excluded,
   * because it applies to the tokens of other users.
   */
  public static final List<String> DELEGABLE =
      List.of(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE, INTROSPECT, USER_READ, USER_REVOKE);

  /**
   * The permissions of a personal token that was created without scopes. If the user lacks one of
   * these permissions, the token lacks this permission too.
   */
  public static final List<String> DELEGATED_BY_DEFAULT = List.of(SERVICE_READ, USER_READ);

  private Permissions() {}
}
