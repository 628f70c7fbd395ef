package io.accesstokens.http;

import io.accesstokens.auth.MissingPermissionException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.jspecify.annotations.Nullable;

/**
 * Turns what was thrown into a {@link Problem}, on our own paths.
 *
 * @param <T> what; a mapper for more than our own exceptions would take a host's, too
 */
abstract class ProblemMapper<T extends Throwable> implements ExceptionMapper<T> {

  private final Problems problems;

  @SuppressWarnings("NullAway.Init") // set by injection
  @Context
  HttpHeaders headers;

  @Context @Nullable SecurityContext security;

  @SuppressWarnings("NullAway.Init") // set by injection
  @Context
  UriInfo uri;

  private ProblemMapper(Problems problems) {
    this.problems = problems;
  }

  final Response problem(T thrown) {
    return problems.of(
        thrown, headers.getRequestHeaders(), security == null ? null : security.getUserPrincipal());
  }

  /** For an application that has no routes but ours. */
  static final class OfAll extends ProblemMapper<Throwable> {
    OfAll(Problems problems) {
      super(problems);
    }

    @Override
    public Response toResponse(Throwable thrown) {
      return problem(thrown);
    }
  }

  /** For what the guard of our routes throws; that of a host's routes is answered as it comes. */
  static final class OfMissingPermission extends ProblemMapper<MissingPermissionException> {
    OfMissingPermission(Problems problems) {
      super(problems);
    }

    @Override
    public Response toResponse(MissingPermissionException thrown) {
      return ApiPaths.ROUTES.include(uri) ? problem(thrown) : thrown.getResponse();
    }
  }
}
