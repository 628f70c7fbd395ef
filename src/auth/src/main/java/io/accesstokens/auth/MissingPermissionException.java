package io.accesstokens.auth;

import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * Thrown if an authenticated caller lacks a required scope or role (status 403). The message lists
 * the required scopes or roles, and may be shown to the caller.
 */
public final class MissingPermissionException extends ForbiddenException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> required;
  private final transient List<String> missing;

  MissingPermissionException(
      String message, List<String> required, List<String> missing, Response response) {
    super(message, response);
    this.required = List.copyOf(required);
    this.missing = List.copyOf(missing);
  }

  /**
   * Returns the required scopes or roles. The caller needs all of the scopes, or one of the roles.
   * The list is empty if all callers are denied.
   */
  public List<String> required() {
    return required;
  }

  /** Returns the required scopes or roles that the caller lacks. */
  public List<String> missing() {
    return missing;
  }
}
