package io.accesstokens.http.problem;

import jakarta.ws.rs.ForbiddenException;

/** Thrown if a request is not permitted (status 403). The error response contains the message. */
public final class ForbiddenRequestException extends ForbiddenException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception for a request that is not permitted.
   *
   * @param message the reason and what the client can do, without text from the request
   */
  public ForbiddenRequestException(String message) {
    super(message);
  }
}
