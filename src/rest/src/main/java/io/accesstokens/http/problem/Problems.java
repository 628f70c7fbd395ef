package io.accesstokens.http.problem;

import io.accesstokens.auth.MissingPermissionException;
import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.auth.header.BearerChallenge;
import io.accesstokens.mint.MintFlowNotFoundException;
import io.accesstokens.mint.SessionRequiredException;
import io.accesstokens.token.Actor;
import io.accesstokens.token.AlreadyRevokedException;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.TokenEndedException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.policy.FreshSignInRequiredException;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.policy.OtherUserException;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.policy.TooManyChangesException;
import io.accesstokens.token.rotation.NoPreviousSecretException;
import io.accesstokens.token.rotation.RotationConflictException;
import io.accesstokens.transparency.EventsArchivedException;
import io.accesstokens.verify.VerificationUnavailableException;
import io.accesstokens.verify.limit.LogLimit;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Converts exceptions to error responses with a {@link Problem}.
 *
 * <ul>
 *   <li>For each exception of this application, this class defines a status.
 *   <li>An exception of the Jakarta REST runtime keeps its own status. If this status is 500, the
 *       cause of the exception determines the response.
 *   <li>Any other exception becomes a 500 response with a random id. The log contains the exception
 *       and the same id.
 * </ul>
 *
 * <p>If an exception contains a response, the error response keeps only the status and these
 * headers of that response: {@code Allow}, {@code Accept-Patch}, {@code Retry-After}, {@code
 * WWW-Authenticate}, {@code RateLimit-Policy} and {@code RateLimit}.
 */
public final class Problems {

  private static final Logger LOG = System.getLogger(Problems.class.getName());
  private static final LogLimit LOG_LIMIT = new LogLimit(1);

  /**
   * The headers that an error response keeps. {@code RateLimit-Policy} and {@code RateLimit} are
   * headers of draft-ietf-httpapi-ratelimit-headers-10.
   */
  private static final List<String> KEPT_HEADERS =
      List.of(
          Problem.ACCEPT_PATCH,
          HttpHeaders.ALLOW,
          HttpHeaders.RETRY_AFTER,
          "RateLimit-Policy",
          "RateLimit");

  /**
   * The type, title and status of a problem. The member {@code error} of the problem is the message
   * of the thrown exception.
   */
  private record ProblemType(String type, String title, int status) {}

  private static final Map<Class<? extends RuntimeException>, ProblemType> PROBLEM_TYPES =
      Map.of(
          NameTakenException.class,
          new ProblemType(Problem.NAME_TAKEN, "The name is taken", 409),
          AlreadyRevokedException.class,
          new ProblemType(Problem.ALREADY_REVOKED, "The token is already revoked", 409),
          TokenEndedException.class,
          new ProblemType(Problem.TOKEN_ENDED, "The token is revoked or expired", 409),
          NoPreviousSecretException.class,
          new ProblemType(Problem.NO_PREVIOUS_SECRET, "There is no previous secret", 404),
          TokenNotFoundException.class,
          new ProblemType(Problem.TOKEN_NOT_FOUND, "There is no such token", 404),
          MintFlowNotFoundException.class,
          new ProblemType(Problem.MINT_FLOW_NOT_FOUND, "There is no such consent request", 404),
          EventsArchivedException.class,
          new ProblemType(Problem.EVENTS_ARCHIVED, "The events were moved to an archive", 404),
          SessionRequiredException.class,
          new ProblemType(Problem.SESSION_REQUIRED, "A session is required", 403),
          OtherUserException.class,
          new ProblemType(Problem.OTHER_USER, "Another user is signed in", 403),
          FreshSignInRequiredException.class,
          new ProblemType(
              Problem.INSUFFICIENT_USER_AUTHENTICATION, "A fresh sign-in is required", 403));

  private final Function<MultivaluedMap<String, String>, List<String>> challenges;

  /**
   * Creates the factory of error responses.
   *
   * @param challenges the function that receives the headers of a request, and returns the values
   *     of {@code WWW-Authenticate} for a 401
   */
  public Problems(Function<MultivaluedMap<String, String>, List<String>> challenges) {
    this.challenges = challenges;
  }

  /**
   * Converts an exception to an error response. This method never throws an exception.
   *
   * @param headers the headers of the request
   * @param caller the principal of the request; null if there is none
   */
  public Response of(
      Throwable thrown, MultivaluedMap<String, String> headers, @Nullable Principal caller) {
    try {
      return respond(thrown, headers, caller);
    } catch (RuntimeException e) {
      e.addSuppressed(thrown);
      return internal(e);
    }
  }

  /**
   * Returns an exception that contains the error response. The exception mappers of a host
   * application must not change this response.
   *
   * <p>A runtime calls no mapper for an exception whose response has an entity (Jakarta RESTful Web
   * Services 3.1, section 3.3.4). RESTEasy deviates from this rule: it calls a mapper for each
   * {@code ClientErrorException}, and a mapper that is declared for exactly the class of the
   * exception. The returned exception therefore has its own class, which is no subclass of {@code
   * ClientErrorException}.
   */
  public WebApplicationException toException(
      Throwable thrown, MultivaluedMap<String, String> headers, @Nullable Principal caller) {
    return new ErrorResponseException(thrown, of(thrown, headers, caller));
  }

  private static final class ErrorResponseException extends WebApplicationException {

    private static final long serialVersionUID = 1L;

    ErrorResponseException(Throwable cause, Response response) {
      super(cause, response);
    }
  }

  private Response respond(
      Throwable thrown, MultivaluedMap<String, String> headers, @Nullable Principal caller) {
    if (thrown instanceof WebApplicationException e) {
      return ofRuntime(e, headers, caller);
    }
    if (thrown instanceof PermissionDeniedException e) {
      return denied(e, caller);
    }
    if (thrown instanceof InvalidRequestException e) {
      return render(Problem.invalidFields(e.violations())).build();
    }
    if (thrown instanceof MalformedRequestException e) {
      return render(
              e.violations().isEmpty()
                  ? Problem.badRequest(String.valueOf(e.getMessage()))
                  : Problem.invalidQuery(e.violations()))
          .build();
    }
    if (thrown instanceof LimitReachedException e) {
      return render(Problem.limitReached(e)).build();
    }
    if (thrown instanceof TooManyChangesException e) {
      return render(Problem.ofStatus(Response.Status.TOO_MANY_REQUESTS.getStatusCode()))
          .header(HttpHeaders.RETRY_AFTER, e.seconds())
          .build();
    }
    if (thrown instanceof RotationConflictException e) {
      return render(Problem.rotationConflict(e)).build();
    }
    if (thrown instanceof VerificationUnavailableException
        || thrown instanceof DirectoryUnavailableException) {
      return unavailable(thrown);
    }
    if (thrown instanceof ProcessingException && thrown.getCause() instanceof ParseException) {
      // The runtime could not parse a header, such as a malformed Accept.
      return render(Problem.badRequest("a header of the request is malformed, for example Accept"))
          .build();
    }
    ProblemType type = PROBLEM_TYPES.get(thrown.getClass());
    return type == null
        ? internal(thrown)
        : render(
                Problem.of(
                    type.type(), type.title(), type.status(), String.valueOf(thrown.getMessage())))
            .build();
  }

  private Response ofRuntime(
      WebApplicationException thrown,
      MultivaluedMap<String, String> headers,
      @Nullable Principal caller) {
    int status = thrown.getResponse().getStatus();
    if (status < 400) {
      return internal(thrown);
    }
    if (status == 500) {
      Throwable cause = thrown.getCause();
      return cause == null || cause instanceof WebApplicationException
          ? internal(thrown)
          : respond(cause, headers, caller);
    }
    Response original = thrown.getResponse();
    ResponseBuilder response = render(problem(thrown, original));
    for (String name : KEPT_HEADERS) {
      String value = original.getHeaderString(name);
      if (value != null) {
        response.header(name, name.equals(HttpHeaders.ALLOW) ? withHead(value) : value);
      }
    }
    if (status == Response.Status.SERVICE_UNAVAILABLE.getStatusCode()
        && original.getHeaderString(HttpHeaders.RETRY_AFTER) == null) {
      response.header(HttpHeaders.RETRY_AFTER, Problem.RETRY_AFTER_SECONDS);
    }
    for (String challenge : challengesFor(status, original, headers)) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, challenge);
    }
    return response.build();
  }

  private static Problem problem(WebApplicationException thrown, Response original) {
    if (thrown instanceof MissingPermissionException) {
      return permissionDenied(String.valueOf(thrown.getMessage()));
    }
    if (thrown instanceof ForbiddenRequestException) {
      return Problem.forbidden(String.valueOf(thrown.getMessage()));
    }
    if (thrown instanceof TooManyLargeResponsesException) {
      return Problem.tooManyLargeResponses();
    }
    String acceptPatch = original.getHeaderString(Problem.ACCEPT_PATCH);
    return acceptPatch == null
        ? Problem.ofStatus(original.getStatus())
        : Problem.unsupportedPatch(acceptPatch);
  }

  /**
   * Adds HEAD to an {@code Allow} header that contains GET. Jersey supports HEAD for every resource
   * with GET, but omits HEAD in the {@code Allow} header of a 405.
   */
  private static String withHead(String allow) {
    List<String> methods = Stream.of(allow.split(",", -1)).map(String::strip).toList();
    return methods.contains(HttpMethod.GET) && !methods.contains(HttpMethod.HEAD)
        ? allow + "," + HttpMethod.HEAD
        : allow;
  }

  /**
   * Returns the {@code WWW-Authenticate} challenges of an error response.
   *
   * <ul>
   *   <li>For a 401, returns one challenge for each way to authenticate. If the client sent an
   *       invalid bearer token, the bearer challenge contains {@code invalid_token}.
   *   <li>For any other status, returns the challenges of {@code thrown}.
   * </ul>
   */
  private List<String> challengesFor(
      int status, Response thrown, MultivaluedMap<String, String> headers) {
    List<String> original = new ArrayList<>();
    for (Object value : thrown.getHeaders().getOrDefault(HttpHeaders.WWW_AUTHENTICATE, List.of())) {
      original.add(String.valueOf(value));
    }
    if (status != Response.Status.UNAUTHORIZED.getStatusCode()) {
      return original;
    }
    boolean invalid =
        original.stream().anyMatch(challenge -> challenge.contains("error=\"invalid_token\""));
    return challenges.apply(headers).stream()
        .map(
            challenge ->
                invalid && BearerChallenge.isBearer(challenge)
                    ? BearerChallenge.INVALID_TOKEN
                    : challenge)
        .toList();
  }

  private static Response denied(PermissionDeniedException thrown, @Nullable Principal caller) {
    ResponseBuilder response = render(permissionDenied(String.valueOf(thrown.getMessage())));
    boolean byToken =
        caller instanceof TokenPrincipal
            || (caller instanceof Actor actor && actor.credential().isPresent());
    if (byToken && !thrown.permission().isEmpty()) {
      response.header(
          HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.insufficientScope(thrown.permission()));
    }
    return response.build();
  }

  private static Problem permissionDenied(String error) {
    return Problem.of(Problem.PERMISSION_DENIED, "A permission is missing", 403, error);
  }

  private static Response unavailable(Throwable thrown) {
    LOG_LIMIT.log(LOG, Level.WARNING, "responded with 503: " + thrown.getMessage());
    return render(Problem.unavailable())
        .header(HttpHeaders.RETRY_AFTER, Problem.RETRY_AFTER_SECONDS)
        .build();
  }

  private static Response internal(Throwable thrown) {
    UUID reference = UUID.randomUUID();
    LOG.log(Level.ERROR, "internal error, reference " + reference, thrown);
    return render(Problem.internal(reference)).build();
  }

  private static ResponseBuilder render(Problem problem) {
    return Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem.toJson());
  }
}
