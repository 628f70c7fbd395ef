package io.accesstokens.auth;

import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * The caller is known, and lacks what the resource requires: 403. The message names it, and is safe
 * to be shown to the caller.
 */
public final class MissingPermissionException extends ForbiddenException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> required;
  private final transient List<String> missing;

  MissingPermissionException(
      String message, List<String> required, List<String> missing, Response answer) {
    super(message, answer);
    this.required = List.copyOf(required);
    this.missing = List.copyOf(missing);
  }

  /** The scopes, all of which are needed, or the roles, one of which is; none if nobody may. */
  public List<String> required() {
    return required;
  }

  /** Those of the required that the caller lacks. */
  public List<String> missing() {
    return missing;
  }
}
