package io.accesstokens.http;

import io.accesstokens.auth.MissingPermissionException;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.Problems;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.jspecify.annotations.Nullable;

/**
 * Converts exceptions on the paths of this API to a {@link Problem}.
 *
 * @param <T> the type of the exceptions. In a host application, only this API may throw this type.
 *     Otherwise the mapper would also handle exceptions of the host application
 */
abstract class ProblemMapper<T extends Throwable> implements ExceptionMapper<T> {

  private final Problems problems;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  HttpHeaders headers;

  @Context @Nullable SecurityContext security;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  UriInfo uri;

  private ProblemMapper(Problems problems) {
    this.problems = problems;
  }

  final Response problem(T thrown) {
    return problems.of(
        thrown, headers.getRequestHeaders(), security == null ? null : security.getUserPrincipal());
  }

  /** Handles all exceptions in an application that contains only this API. */
  static final class OfAll extends ProblemMapper<Throwable> {
    OfAll(Problems problems) {
      super(problems);
    }

    @Override
    public Response toResponse(Throwable thrown) {
      return problem(thrown);
    }
  }

  /**
   * Handles denied access to the resources of this API. If the resource belongs to the host
   * application, this mapper returns the response in the exception unchanged.
   */
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
