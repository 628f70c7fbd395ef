package io.accesstokens.token;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The scopes that a token can have, in display order.
 *
 * @param scopes the scopes, with distinct ids
 */
public record ScopeCatalog(List<Definition> scopes) {

  private static final int MAX_ID_LENGTH = 255;

  private static final String OWN_PLUGIN = "access-tokens";

  /**
   * A scope that a token can have.
   *
   * @param id the id: a scope-token (RFC 6749, section 3.3) of at most 255 characters
   * @param description one sentence that says what the scope allows
   * @param plugin the part of the platform to which the scope belongs
   */
  public record Definition(String id, String description, String plugin) {
    public Definition {
      if (!isScopeToken(id)) {
        throw new IllegalArgumentException(
            "a scope id must be 1 to 255 printable ASCII characters, no space, quote or backslash");
      }
      if (description.isBlank() || plugin.isBlank()) {
        throw new IllegalArgumentException(
            "the description and the plugin of a scope must not be blank");
      }
    }
  }

  /**
   * Creates a catalog of scopes.
   *
   * @throws IllegalArgumentException if an id is defined twice; the message contains the id
   */
  public ScopeCatalog {
    scopes = List.copyOf(scopes);
    Set<String> ids = new HashSet<>();
    for (Definition scope : scopes) {
      if (!ids.add(scope.id())) {
        throw new IllegalArgumentException("the scope " + scope.id() + " is defined twice");
      }
    }
  }

  /**
   * Returns a catalog of exactly these scopes.
   *
   * @throws IllegalArgumentException if an id is defined twice; the message contains the id
   */
  public static ScopeCatalog of(List<Definition> scopes) {
    return new ScopeCatalog(scopes);
  }

  /**
   * Returns a catalog of exactly these scopes.
   *
   * @throws IllegalArgumentException if an id is defined twice; the message contains the id
   */
  public static ScopeCatalog of(Definition... scopes) {
    return of(List.of(scopes));
  }

  /** Returns the built-in scopes. */
  public static ScopeCatalog defaults() {
    return of(
        List.of(
            new Definition("catalog:read", "Read entities of the software catalog", "catalog"),
            new Definition(
                "catalog:write", "Register, change and remove catalog entities", "catalog"),
            new Definition("techdocs:read", "Read technical documentation", "techdocs"),
            new Definition("scaffolder:read", "Read software templates and tasks", "scaffolder"),
            new Definition("scaffolder:execute", "Run software templates", "scaffolder")));
  }

  /**
   * Returns a catalog of the permissions on service tokens. A service token with one of these
   * scopes can manage the service tokens of its group. Only a user who has the permission on all
   * groups can give the scope to a token.
   */
  public static ScopeCatalog tokenManagement() {
    return of(
        List.of(
            new Definition(
                Permissions.SERVICE_READ, "List, read and audit the group's tokens", OWN_PLUGIN),
            new Definition(
                Permissions.SERVICE_WRITE, "Create tokens owned by the group", OWN_PLUGIN),
            new Definition(
                Permissions.SERVICE_REVOKE, "Revoke tokens owned by the group", OWN_PLUGIN)));
  }

  /**
   * Returns a catalog with one scope: the permission to introspect tokens. A resource server uses a
   * token with this scope to verify the tokens of its callers. Only a user who has this permission
   * can give this scope to a token.
   */
  public static ScopeCatalog introspection() {
    return of(
        new Definition(Permissions.INTROSPECT, "Introspect the tokens of all groups", OWN_PLUGIN));
  }

  /**
   * Returns a catalog with one scope: the permission to read metrics. A monitoring system uses a
   * token with this scope. Only a user who has this permission can give this scope to a token.
   */
  public static ScopeCatalog metrics() {
    return of(
        new Definition(Permissions.METRICS_READ, "Read the metrics of the service", OWN_PLUGIN));
  }

  /**
   * Returns a catalog with one scope: the permission to read the transparency log. An auditor's
   * program uses a token with this scope. Only a user who has this permission can give this scope
   * to a token.
   */
  public static ScopeCatalog log() {
    return of(
        new Definition(
            Permissions.LOG_READ, "Read the audit log of all tokens, with its proofs", OWN_PLUGIN));
  }

  /**
   * Returns a catalog of the permissions that a personal token can have as scopes. A scope has an
   * effect only if the user of the token has the permission with the same name.
   */
  public static ScopeCatalog delegation() {
    return of(
        new Definition(
            Permissions.SERVICE_READ,
            "List, read and audit the service tokens that you may read",
            OWN_PLUGIN),
        new Definition(Permissions.SERVICE_WRITE, "Create service tokens, as you may", OWN_PLUGIN),
        new Definition(
            Permissions.SERVICE_REVOKE,
            "Revoke the service tokens that you may revoke",
            OWN_PLUGIN),
        new Definition(Permissions.INTROSPECT, "Introspect tokens, if you may", OWN_PLUGIN),
        new Definition(
            Permissions.USER_READ, "List, read and audit your personal tokens", OWN_PLUGIN),
        new Definition(Permissions.USER_REVOKE, "Revoke your personal tokens", OWN_PLUGIN));
  }

  /**
   * Returns a catalog of the scopes of this catalog, followed by the scopes of {@code other}.
   *
   * @throws IllegalArgumentException if both catalogs contain the same id
   */
  public ScopeCatalog and(ScopeCatalog other) {
    List<Definition> all = new ArrayList<>(scopes);
    all.addAll(other.scopes);
    return of(all);
  }

  /**
   * Returns true if a scope can have this id. A valid id is a scope-token of 1 to 255 characters.
   * The syntax is {@code scope-token = 1*( %x21 / %x23-5B / %x5D-7E )} (RFC 6749, section 3.3).
   */
  public static boolean isScopeToken(String id) {
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return !id.isEmpty() && id.length() <= MAX_ID_LENGTH;
  }

  /**
   * Returns a catalog of the scopes of this catalog, followed by a new scope.
   *
   * @param id the id: a scope-token (RFC 6749, section 3.3) of at most 255 characters
   * @param description one sentence that says what the scope allows
   * @param plugin the part of the platform to which the scope belongs
   * @throws IllegalArgumentException if the id already exists, or if an argument is malformed
   */
  public ScopeCatalog with(String id, String description, String plugin) {
    return and(of(new Definition(id, description, plugin)));
  }

  /** Returns true if the catalog has a scope with this id. */
  public boolean contains(String id) {
    return scopes.stream().anyMatch(scope -> scope.id().equals(id));
  }
}
