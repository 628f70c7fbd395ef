package io.accesstokens.http.problem;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/**
 * Thrown if a large response cannot be sent now, because too many large responses are being sent.
 * The response is 503.
 */
public final class TooManyLargeResponsesException extends WebApplicationException {

  private static final long serialVersionUID = 1;

  private static final String RETRY_AFTER_SECONDS = "5";

  public TooManyLargeResponsesException() {
    super(
        Response.status(Response.Status.SERVICE_UNAVAILABLE)
            .type(Problem.MEDIA_TYPE)
            .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
            .entity(Problem.tooManyLargeResponses().toJson())
            .build());
  }
}
