package io.accesstokens.http;

import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.Problems;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.jspecify.annotations.Nullable;

/**
 * Converts all exceptions to a {@link Problem}, in an application that contains only this API. A
 * host application must not use this mapper, because the mapper would also handle the exceptions of
 * the host application.
 */
final class ProblemMapper implements ExceptionMapper<Throwable> {

  private final Problems problems;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  HttpHeaders headers;

  @Context @Nullable SecurityContext security;

  ProblemMapper(Problems problems) {
    this.problems = problems;
  }

  @Override
  public Response toResponse(Throwable thrown) {
    return problems.of(
        thrown, headers.getRequestHeaders(), security == null ? null : security.getUserPrincipal());
  }
}
