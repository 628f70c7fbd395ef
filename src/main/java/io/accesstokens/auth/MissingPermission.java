package io.accesstokens.auth;

import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** The caller is known, and has none of the permissions of which the resource wants one. */
public final class MissingPermission extends ForbiddenException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> permissions;

  MissingPermission(List<String> permissions, Response response) {
    super(messageFor(permissions), response);
    this.permissions = List.copyOf(permissions);
  }

  private static String messageFor(List<String> permissions) {
    return permissions.isEmpty()
        ? "nobody may do this"
        : "the permission " + String.join(" or ", permissions) + " is required";
  }

  /** The names of the permissions, each of which would do; none if nobody may. */
  public List<String> permissions() {
    return permissions;
  }
}
