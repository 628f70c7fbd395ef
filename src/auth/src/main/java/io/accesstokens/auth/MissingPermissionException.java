package io.accesstokens.auth;

import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * Thrown if an authenticated caller lacks a required scope or role (status 403). The message lists
 * the required scopes or roles, and may be sent to the caller.
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
   * Returns all required scopes, or all accepted roles of which the caller needs one. The list is
   * empty if all callers are denied.
   */
  public List<String> required() {
    return required;
  }

  /** Returns the scopes or roles in {@link #required()} that the caller lacks. */
  public List<String> missing() {
    return missing;
  }
}
