package io.accesstokens.login.openid;

import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.login.SignInListener;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.login.session.BaseSignInResource;
import io.accesstokens.login.session.BrowserSessions;
import io.accesstokens.login.session.OwnCookie;
import io.accesstokens.login.session.SessionResource;
import io.accesstokens.session.Session;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.verify.limit.LogLimit;
import io.accesstokens.verify.limit.OutageLog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code /access-tokens/session/oidc}: signs users in at an OpenID provider (OpenID Connect Core
 * 1.0, section 3.1, with PKCE, RFC 7636). The resource redirects a browser to the provider. The
 * provider redirects the browser back to {@code callback}.
 *
 * <p>After a failure, the resource redirects the browser to the sign-in page. The parameter {@code
 * error} of this page contains the reason. If the request is not a navigation of a browser, the
 * response is 400, 403 or 503.
 */
@Path(OpenIdResource.PATH)
@Tag(name = "Sessions")
@CommonErrors
public final class OpenIdResource extends BaseSignInResource {

  static final String PATH = SessionResource.PATH + "/oidc";

  /** The path that starts a sign-in, below the root of the application. */
  static final String START = "/api/" + PATH;

  static final String CALLBACK = START + "/callback";

  private static final Logger LOG = System.getLogger(OpenIdResource.class.getName());
  private static final LogLimit LOG_LIMIT = new LogLimit(5);

  private static final long RETRY_AFTER_SECONDS = 2;

  /** Maximum time for a sign-in at the provider, in seconds. */
  static final int ATTEMPT_SECONDS = 900;

  private static final int MAX_PARAMETER_LENGTH = 4_000;

  /**
   * Names of the cookies for pending sign-ins. Several tabs of a browser can each have a pending
   * sign-in. The number is limited, because browsers send all cookies with each request.
   */
  private static final List<String> COOKIES =
      List.of("access-tokens-oidc", "access-tokens-oidc-2", "access-tokens-oidc-3");

  /**
   * Maximum length of a short cookie, in characters. A short cookie can have any name of {@link
   * #COOKIES}, and a longer cookie always has the first name. A request therefore contains at most
   * one longer cookie. This limit is necessary because containers limit the total length of the
   * headers.
   */
  private static final int MAX_SHORT_COOKIE = 512;

  private enum Failure {
    /** The user or the provider has denied the sign-in. */
    DENIED,
    /**
     * The response of the provider is not valid, is too late, or is for a sign-in of another
     * browser.
     */
    FAILED,
    /**
     * The provider, the group directory or the store is unavailable, or too many sign-ins are
     * running.
     */
    UNAVAILABLE
  }

  private final @Nullable OpenIdProvider provider;
  private final BrowserSessions sessions;
  private final SignInListener listener;
  private final List<OwnCookie> cookies;
  private final SecureRandom random = new SecureRandom();
  private final OutageLog outages = new OutageLog(LOG);

  /**
   * Creates the resource.
   *
   * @param provider the OpenID provider; null if no provider is configured. Without a provider, all
   *     responses are 404
   * @param listener receives the sign-ins that fail at the provider or because of its response
   */
  public OpenIdResource(
      @Nullable OpenIdProvider provider, BrowserSessions sessions, SignInListener listener) {
    this.provider = provider;
    this.sessions = sessions;
    this.listener = listener;
    URI publicUrl = provider == null ? null : provider.registration().publicUrl();
    this.cookies = COOKIES.stream().map(name -> new OwnCookie(name, publicUrl)).toList();
  }

  private OpenIdProvider provider() {
    if (provider == null) {
      throw new NotFoundException();
    }
    return provider;
  }

  @GET
  @PermitAll
  @Operation(
      operationId = "startOpenIdSignIn",
      summary = "Redirect a browser to the OpenID provider, for a sign-in",
      description = "404 without accessTokens.login.oidc; not within a host's application.")
  @Parameter(
      name = "to",
      in = ParameterIn.QUERY,
      description = "Where to go afterwards: a path of this application, / by default",
      schema = @Schema(type = "string"))
  @Parameter(
      name = "fresh",
      in = ParameterIn.QUERY,
      description =
          "true: the provider must ask the user to sign in again; the current session"
              + " continues with a new key",
      schema = @Schema(type = "boolean", defaultValue = "false"))
  @ApiResponse(
      responseCode = "302",
      description = "Redirect to the provider, or back to the sign-in page",
      headers = @Header(name = "Location", ref = "Redirect"))
  @ApiResponse(responseCode = "404", description = "No provider is configured")
  public Response start() {
    return respond(
        () -> {
          OpenIdProvider configured = provider();
          RequestInfo requestInfo = requestInfo("GET");
          String redirectPath =
              RedirectPath.orRoot(Optional.ofNullable(parameter("to")).orElse("/"));
          boolean fresh = "true".equals(parameter("fresh"));
          try {
            OpenIdAttempt attempt = OpenIdAttempt.start(redirectPath, fresh, random);
            return redirect(
                configured.authenticationRequest(attempt).toString(),
                cookieFor(attempt, requestInfo)
                    .setHeaders(attempt.cookie(), requestInfo, ATTEMPT_SECONDS));
          } catch (OpenIdUnavailableException | SignInUnavailableException e) {
            outages.reportFailure(Level.WARNING, String.valueOf(e.getMessage()));
            return failure(Failure.UNAVAILABLE, redirectPath, requestInfo, List.of());
          }
        });
  }

  /**
   * Returns the cookie for a new sign-in: a cookie that no pending sign-in uses. If all cookies are
   * in use, the new sign-in replaces a pending sign-in. A long cookie always has the first name.
   * The choice is random, because several tabs can start a sign-in at the same time.
   */
  private OwnCookie cookieFor(OpenIdAttempt attempt, RequestInfo requestInfo) {
    if (attempt.cookie().length() > MAX_SHORT_COOKIE) {
      return cookies.get(0);
    }
    List<OwnCookie> free =
        cookies.stream().filter(cookie -> cookie.value(requestInfo).isEmpty()).toList();
    List<OwnCookie> choice = free.isEmpty() ? cookies : free;
    return choice.get(random.nextInt(choice.size()));
  }

  /** Completes a sign-in. The OpenID provider redirects the browser to this method. */
  @GET
  @Path("callback")
  @PermitAll
  @Operation(
      operationId = "finishOpenIdSignIn",
      summary = "Complete a sign-in at the OpenID provider, and start a session",
      description = "For the provider's redirect (OpenID Connect Core 1.0, section 3.1.2.5).")
  @ApiResponse(
      responseCode = "302",
      description = "Redirect to the page where the sign-in began, or to the sign-in page",
      headers = @Header(name = "Location", ref = "Redirect"))
  @ApiResponse(responseCode = "404", description = "No provider is configured")
  public Response callback() {
    return respond(
        () -> {
          OpenIdProvider configured = provider();
          RequestInfo requestInfo = requestInfo("GET");
          String state = parameter("state");
          for (OwnCookie cookie : cookies) {
            Optional<OpenIdAttempt> attempt =
                cookie
                    .value(requestInfo)
                    .flatMap(OpenIdAttempt::parse)
                    .filter(pending -> state != null && pending.matchesState(state));
            if (attempt.isPresent()) {
              return signIn(
                  configured, attempt.get(), requestInfo, cookie.removalHeaders(requestInfo));
            }
          }
          LOG_LIMIT.log(
              LOG, Level.INFO, "an OpenID sign-in is refused: this browser has not started it");
          return refusal(Failure.FAILED, "/", requestInfo, List.of());
        });
  }

  /**
   * Completes a pending sign-in.
   *
   * @param removal the values of the headers that remove the cookie of the pending sign-in
   */
  private Response signIn(
      OpenIdProvider configured,
      OpenIdAttempt attempt,
      RequestInfo requestInfo,
      List<String> removal) {
    String code = parameter("code");
    if (code == null) {
      String error = OpenIdProvider.loggable(parameter("error"));
      if (OpenIdProvider.OUTAGES.contains(error)) {
        LOG_LIMIT.log(LOG, Level.WARNING, "sign-in at the provider is unavailable: " + error);
        return failure(Failure.UNAVAILABLE, attempt.redirectPath(), requestInfo, removal);
      }
      boolean denied = error.equals("access_denied"); // often by the user
      LOG_LIMIT.log(
          LOG,
          denied ? Level.INFO : Level.WARNING,
          "an OpenID sign-in is refused by the provider: " + error);
      return refusal(
          denied ? Failure.DENIED : Failure.FAILED, attempt.redirectPath(), requestInfo, removal);
    }
    try {
      OpenIdProvider.Identity identity =
          configured.identity(code, parameter("iss"), attempt, requestInfo.address());
      BrowserSessions.ValidSession started =
          new OpenIdSignIn(sessions, configured.registration())
              .startSession(identity, attempt.isFresh(), requestInfo);
      List<String> changed = new ArrayList<>(sessions.cookiesOf(started, requestInfo));
      changed.addAll(removal);
      outages.reportSuccess("recovered: sign-in at the provider");
      return redirect(root(requestInfo) + attempt.redirectPath(), changed);
    } catch (OpenIdRefusedException e) {
      LOG_LIMIT.log(LOG, Level.WARNING, "an OpenID sign-in is refused: " + e.getMessage());
      return refusal(Failure.FAILED, attempt.redirectPath(), requestInfo, removal);
    } catch (OpenIdUnavailableException
        | SignInUnavailableException
        | DirectoryUnavailableException
        | StoreUnavailableException e) { // A navigating browser must not get JSON.
      outages.reportFailure(
          Level.WARNING, "sign-in at the provider is unavailable: " + e.getMessage());
      return failure(Failure.UNAVAILABLE, attempt.redirectPath(), requestInfo, removal);
    }
  }

  /**
   * Returns the value of a query parameter. Returns null if the value is absent, blank or too long,
   * or if there are several values.
   */
  private @Nullable String parameter(String name) {
    List<String> values = queryOrNone(uri.getRequestUri()).getOrDefault(name, List.of());
    String value = values.size() == 1 ? values.get(0) : "";
    return value.isBlank() || value.length() > MAX_PARAMETER_LENGTH ? null : value;
  }

  private String root(RequestInfo requestInfo) {
    return OwnCookie.root(provider().registration().publicUrl(), requestInfo);
  }

  private static Response redirect(String location, List<String> setCookies) {
    // The runtime may change a location that is a URI. Therefore the location is a string.
    Response.ResponseBuilder response =
        Response.status(Response.Status.FOUND).header(HttpHeaders.LOCATION, location);
    setCookies.forEach(cookie -> response.header(HttpHeaders.SET_COOKIE, cookie));
    return response.build();
  }

  /** Reports a failed sign-in to the listener, and returns the response to the browser. */
  private Response refusal(
      Failure failure, String redirectPath, RequestInfo requestInfo, List<String> setCookies) {
    listener.failed(
        Session.LoginMethod.OIDC,
        failure == Failure.DENIED
            ? SignInListener.Reason.DENIED_BY_PROVIDER
            : SignInListener.Reason.INVALID_PROVIDER_RESPONSE,
        null,
        requestInfo.address());
    return failure(failure, redirectPath, requestInfo, setCookies);
  }

  private Response failure(
      Failure failure, String redirectPath, RequestInfo requestInfo, List<String> setCookies) {
    if (!requestInfo.header("Sec-Fetch-Mode").contains("navigate")) {
      throw switch (failure) {
        case DENIED -> new ForbiddenException("the user or the provider has denied the sign-in");
        case FAILED -> new BadRequestException("the sign-in at the provider failed");
        case UNAVAILABLE ->
            new ServiceUnavailableException(
                "the sign-in at the provider is unavailable", RETRY_AFTER_SECONDS);
      };
    }
    return redirect(
        root(requestInfo)
            + "/sign-in?error="
            + failure.name().toLowerCase(Locale.ROOT)
            + "&to="
            + URLEncoder.encode(redirectPath, StandardCharsets.UTF_8),
        setCookies);
  }
}
