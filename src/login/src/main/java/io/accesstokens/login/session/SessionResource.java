package io.accesstokens.login.session;

import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.problem.BodyErrors;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.login.password.PasswordVerifier;
import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.session.Session;
import io.accesstokens.token.Actor;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * {@code /access-tokens/session}: starts and ends sessions, and returns the user of the current
 * session.
 */
@Path(SessionResource.PATH)
@Tag(name = "Sessions")
@CommonErrors
public final class SessionResource extends BaseSignInResource {

  private static final Pattern SLASHES_AT_START = Pattern.compile("^/++");

  public static final String PATH = "access-tokens/session";

  /** The maximum size of a sign-in body in bytes. The body contains a name and a password. */
  public static final int MAX_BODY_BYTES = 16_384;

  private final BrowserSessions sessions;
  private final PasswordVerifier passwordVerifier;
  private final PermissionPolicy permissions;
  private final List<SessionResponse.LoginMethod> loginMethods;
  private final boolean personalTokenExchange;
  private final String version;
  private final Function<Optional<String>, Optional<URI>> providerLogout;

  /**
   * Creates the resource.
   *
   * @param permissions computes the permissions of a user
   * @param loginMethods the available login methods
   * @param personalTokenExchange true if personal tokens can be exchanged for JWTs
   * @param version the version of the product
   * @param providerLogout returns the logout URL of the OpenID provider for the ID token of a
   *     sign-in; returns empty if there is no logout URL
   */
  public SessionResource(
      BrowserSessions sessions,
      PasswordVerifier passwordVerifier,
      PermissionPolicy permissions,
      List<SessionResponse.LoginMethod> loginMethods,
      boolean personalTokenExchange,
      String version,
      Function<Optional<String>, Optional<URI>> providerLogout) {
    this.sessions = sessions;
    this.passwordVerifier = passwordVerifier;
    this.permissions = permissions;
    this.loginMethods = List.copyOf(loginMethods);
    this.personalTokenExchange = personalTokenExchange;
    this.version = version;
    this.providerLogout = providerLogout;
  }

  /** Returns true if the path of a request is the path of this resource or is below this path. */
  static boolean matches(UriInfo uri) {
    // Runtimes differ in whether the path begins with a slash.
    String path = SLASHES_AT_START.matcher(uri.getPath()).replaceFirst("");
    return path.equals(PATH) || path.startsWith(PATH + '/');
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(
      operationId = "getSession",
      summary = "Get the current session and the available login methods",
      description = "Not within a host's application, which has its own sign-in.")
  @ApiResponse(
      responseCode = "200",
      description = "The session, or signedIn: false",
      content = @Content(schema = @Schema(implementation = SessionResponse.class)))
  public ResponseBody get() {
    return respond(
        () ->
            sessions
                .find(requestInfo("GET"))
                .map(this::responseOf)
                .orElseGet(() -> SessionResponse.ofAnonymous(loginMethods)));
  }

  private SessionResponse responseOf(BrowserSessions.ValidSession current) {
    Actor.Person person = current.person();
    return SessionResponse.of(
        person,
        current.keyedSession().session(),
        permissions.permissionsOf(person),
        permissions.limitedPermissionsOf(person),
        loginMethods,
        personalTokenExchange,
        version);
  }

  @POST
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(
      operationId = "signIn",
      summary = "Sign in with a name and a password, and start a session",
      description = "Not within a host's application, which has its own sign-in.")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Credentials.class)))
  @ApiResponse(
      responseCode = "200",
      description = "The session; the cookie contains its key",
      content = @Content(schema = @Schema(implementation = SessionResponse.class)))
  @BodyErrors
  public Response signIn(@Parameter(hidden = true) InputStream body) {
    return respond(
        () -> {
          RequestInfo requestInfo = requestInfo("POST");
          sessions.requireOwnOrigin(requestInfo);
          BrowserSessions.ValidSession started =
              new PasswordSignIn(sessions, passwordVerifier)
                  .startSession(JsonBody.read(headers, body, MAX_BODY_BYTES), requestInfo);
          Response.ResponseBuilder response = Response.ok(responseOf(started));
          sessions
              .cookiesOf(started, requestInfo)
              .forEach(cookie -> response.header(HttpHeaders.SET_COOKIE, cookie));
          return response.build();
        });
  }

  @DELETE
  @Produces(MediaType.APPLICATION_JSON)
  @PermitAll
  @Operation(
      operationId = "signOut",
      summary = "End the current session, or all sessions of the user",
      description = "Not within a host's application, which has its own sign-in.")
  @Parameter(
      name = "everywhere",
      in = ParameterIn.QUERY,
      description = "True to end all sessions of the user, who must be signed in",
      schema = @Schema(type = "boolean", defaultValue = "false"))
  @ApiResponse(responseCode = "204", description = "The session has ended on all replicas")
  @ApiResponse(
      responseCode = "200",
      description = "The session has ended here; continueAt ends it at the OpenID provider",
      content = @Content(schema = @Schema(implementation = SignOutResponse.class)))
  public Response signOut() {
    return respond(
        () -> {
          RequestInfo requestInfo = requestInfo("DELETE");
          boolean everywhere = flag(uri.getRequestUri(), "everywhere");
          Optional<BrowserSessions.KeyedSession> keyed =
              sessions.findToEnd(requestInfo, everywhere);
          keyed.ifPresent(current -> sessions.requireOwnPage(current.session(), requestInfo));
          if (everywhere) {
            sessions.endAllOf(caller(keyed, requestInfo), requestInfo);
          } else {
            keyed.ifPresent(current -> sessions.end(current.session(), requestInfo));
          }
          Response.ResponseBuilder response =
              keyed
                  .flatMap(this::continueAt)
                  .map(at -> Response.ok(new SignOutResponse(at.toString())))
                  .orElseGet(Response::noContent);
          sessions
              .noCookies(requestInfo)
              .forEach(cookie -> response.header(HttpHeaders.SET_COOKIE, cookie));
          return response.build();
        });
  }

  private Optional<URI> continueAt(BrowserSessions.KeyedSession ended) {
    Session.SignIn signIn = ended.session().signIn();
    return signIn.loginMethod() == Session.LoginMethod.OIDC
        ? providerLogout.apply(
            Optional.ofNullable(signIn.sealedIdToken()).flatMap(ended.key()::open))
        : Optional.empty();
  }

  /**
   * The response to a sign-out if the user can also sign out at the OpenID provider.
   *
   * @param continueAt the URL that signs the user out at the provider. The client should open this
   *     URL in the browser
   */
  @Schema(name = "SignedOut")
  public record SignOutResponse(@Schema(format = "uri") String continueAt)
      implements ResponseBody {}

  /**
   * Returns the user of the session. Without a session, returns the user whom the Basic credential
   * or the JWT of the request identifies. If there is none, throws an exception with status 401.
   */
  private EntityRef caller(Optional<BrowserSessions.KeyedSession> keyed, RequestInfo requestInfo) {
    if (keyed.isPresent()) {
      return keyed.get().session().signIn().user();
    }
    if (security.getUserPrincipal() instanceof Actor.Person person) {
      return person.ref();
    }
    throw passwordVerifier.unauthenticated(requestInfo);
  }

  /** The body of a sign-in request. */
  @Schema(
      name = "Credentials",
      example = "{\"username\": \"alice\", \"password\": \"alice\"}",
      description = "A name and a password")
  record Credentials(String username, @Schema(format = "password") String password) {}
}
