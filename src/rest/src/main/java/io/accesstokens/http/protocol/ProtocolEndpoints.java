package io.accesstokens.http.protocol;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.BearerCredentials;
import io.accesstokens.auth.CallerContext;
import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.caller.TokenActors;
import io.accesstokens.http.input.Negotiation;
import io.accesstokens.http.response.ApiResponseWriter;
import io.accesstokens.http.response.SecretHeaders;
import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.token.revocation.ChangeFeedBroker;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Responds, without the Jakarta REST runtime, to requests at the endpoints that receive most
 * requests. Declines requests of an unusual form. The Jakarta REST resources must process these
 * requests. Thread-safe.
 */
public final class ProtocolEndpoints {

  private static final Map<String, VerifyDecision.Form> VERIFY =
      Map.of(
          "access-tokens/verify", VerifyDecision.Form.STANDARD,
          "access-tokens/verify/ext-authz", VerifyDecision.Form.ENVOY);

  private static final String INTROSPECT = "access-tokens/introspect";

  private static final String CHANGES = "access-tokens/changes";

  private static final String WHOAMI = "access-tokens/whoami";

  private static final String JSON = "application/json";

  /**
   * The HTTP methods of {@code verify} requests that this class processes. The response does not
   * depend on the method. The Jakarta REST resource processes all other methods, such as HEAD.
   */
  private static final Set<String> VERIFY_METHODS =
      Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private static final List<ProtocolResponse.Header> COMMON =
      List.of(
          new ProtocolResponse.Header(HttpHeaders.CACHE_CONTROL, "no-store"),
          new ProtocolResponse.Header("X-Content-Type-Options", "nosniff"));

  private final ServiceTokenService tokenService;
  private final AccessTokensFeature access;
  private final VerificationListener usageListener;
  private final AuthorizationServer server;
  private final @Nullable ChangeFeedBroker feedBroker;
  private final Consumer<SecurityContext> introspectGuard;
  private final Consumer<SecurityContext> changesGuard;
  private final EndpointErrors errors;
  private final ApiResponseWriter writer = new ApiResponseWriter();

  /**
   * Creates the endpoints.
   *
   * @param access verifies the raw tokens of callers
   * @param usageListener receives the scopes that {@code verify} required
   * @param server introspects tokens
   * @param feedBroker the change feed; null if there is none
   * @param introspectGuard throws if a caller may not introspect tokens
   * @param changesGuard throws if a caller may not read changes
   * @param errors creates error responses
   */
  public ProtocolEndpoints(
      ServiceTokenService tokenService,
      AccessTokensFeature access,
      VerificationListener usageListener,
      AuthorizationServer server,
      @Nullable ChangeFeedBroker feedBroker,
      Consumer<SecurityContext> introspectGuard,
      Consumer<SecurityContext> changesGuard,
      EndpointErrors errors) {
    this.tokenService = tokenService;
    this.access = access;
    this.usageListener = usageListener;
    this.server = server;
    this.feedBroker = feedBroker;
    this.introspectGuard = introspectGuard;
    this.changesGuard = changesGuard;
    this.errors = errors;
  }

  /** Returns the paths of the endpoints, relative to the API root. */
  public static Set<String> paths() {
    Set<String> paths = new HashSet<>(VERIFY.keySet());
    paths.addAll(List.of(INTROSPECT, CHANGES, WHOAMI));
    return Set.copyOf(paths);
  }

  /**
   * Processes a request.
   *
   * @param path the path of the request, relative to the API root, exactly as the client sent it.
   *     Another spelling of the same path, for example with a percent-encoded letter, is declined
   * @return the response; empty if the request was declined, without any effect
   */
  public Optional<ProtocolResponse> process(String path, ProtocolRequest request) {
    if (!isCanonical(request.query())) {
      return Optional.empty();
    }
    return switch (path) {
      case INTROSPECT -> introspect(request);
      case CHANGES -> changes(request);
      case WHOAMI -> whoAmI(request);
      default -> {
        VerifyDecision.Form form = VERIFY.get(path);
        yield form == null ? Optional.empty() : verify(form, request);
      }
    };
  }

  private Optional<ProtocolResponse> verify(VerifyDecision.Form form, ProtocolRequest request) {
    return VERIFY_METHODS.contains(request.method())
        ? respond(
            EndpointErrors.Kind.VERIFY,
            request,
            () -> authenticate(request),
            caller ->
                VerifyDecision.decide(
                    tokenService, usageListener, Callers.actor(caller), form, request::query))
        : Optional.empty();
  }

  private Optional<ProtocolResponse> changes(ProtocolRequest request) {
    return request.method().equals("GET") && acceptsJson(request)
        ? respond(
            EndpointErrors.Kind.OTHER,
            request,
            () -> authenticate(request),
            caller -> {
              changesGuard.accept(caller);
              return ProtocolResponse.json(
                  writer.toJson(ChangeFeedReader.read(feedBroker, request.query())));
            })
        : Optional.empty();
  }

  private Optional<ProtocolResponse> whoAmI(ProtocolRequest request) {
    return request.method().equals("GET") && acceptsJson(request)
        ? respond(
            EndpointErrors.Kind.OTHER,
            request,
            () -> authenticate(request),
            caller -> {
              WhoAmI found = WhoAmI.of(tokenService, Callers.actor(caller));
              return ProtocolResponse.json(writer.toJson(found.identity())).with(found.headers());
            })
        : Optional.empty();
  }

  private Optional<ProtocolResponse> introspect(ProtocolRequest request) {
    List<String> types = request.headers(HttpHeaders.CONTENT_TYPE);
    byte[] body = request.body().orElse(null);
    if (body == null
        || !request.method().equals("POST")
        || !acceptsJson(request)
        || types.size() != 1
        || !types.get(0).equals(Negotiation.contentType(types))) {
      return Optional.empty();
    }
    return respond(
        EndpointErrors.Kind.OAUTH,
        request,
        () -> {
          Optional<String> secret =
              server.clientSecret(request.headers(HttpHeaders.AUTHORIZATION), body);
          return secret.isEmpty()
              ? authenticate(request)
              : Optional.of(
                  byToken(server.authenticate(client(request), secret.get(), access), request));
        },
        caller -> {
          introspectGuard.accept(caller);
          return ProtocolResponse.json(
              server.introspect(
                  types, request.headers(HttpHeaders.CONTENT_ENCODING), request.query(), body));
        });
  }

  /**
   * Authenticates the caller by a bearer token that begins like a raw token, or by a password.
   * Returns empty, without any effect, for all other credentials.
   */
  private Optional<SecurityContext> authenticate(ProtocolRequest request) {
    List<String> authorizations = request.headers(HttpHeaders.AUTHORIZATION);
    if (authorizations.size() != 1) {
      return Optional.empty();
    }
    Optional<BearerCredentials> bearer = BearerCredentials.of(authorizations);
    return bearer.isEmpty()
        ? request.authenticateByPassword()
        : bearer
            .flatMap(BearerCredentials::only)
            .filter(tokenService.rawTokenFormat()::hasPrefix)
            .map(token -> byToken(access.authenticate(client(request), token), request));
  }

  private static SecurityContext byToken(TokenPrincipal token, ProtocolRequest request) {
    return CallerContext.byBearer(token, token.verified().scopes(), request.secure());
  }

  /**
   * Authenticates the caller of a request, and creates the response.
   *
   * @param kind the form of an error response
   * @param authentication returns the caller; returns empty, without any effect, if the Jakarta
   *     REST resource must process the request
   * @param work checks that the caller may call the endpoint, and creates the response
   */
  private Optional<ProtocolResponse> respond(
      EndpointErrors.Kind kind,
      ProtocolRequest request,
      Supplier<Optional<SecurityContext>> authentication,
      Function<SecurityContext, ProtocolResponse> work) {
    SecurityContext caller = null;
    ProtocolResponse response;
    try {
      caller = authentication.get().orElse(null);
      if (caller == null) {
        return Optional.empty();
      }
      caller = TokenActors.delegated(tokenService, caller);
      response = work.apply(caller);
    } catch (RuntimeException e) {
      Principal principal = caller == null ? null : caller.getUserPrincipal();
      response = ProtocolResponse.of(errors.of(kind, e, request.allHeaders(), principal));
    }
    return Optional.of(response.with(common(caller)));
  }

  private static boolean acceptsJson(ProtocolRequest request) {
    return Negotiation.accept(request.headers(HttpHeaders.ACCEPT)).equals(JSON);
  }

  private static ClientInfo client(ProtocolRequest request) {
    List<String> products = request.headers(HttpHeaders.USER_AGENT);
    return new ClientInfo(request.clientAddress(), products.isEmpty() ? null : products.get(0));
  }

  /**
   * Returns the headers that every response has. If the previous secret of a token authenticated
   * the request, the result also contains {@code Deprecation} and {@code Sunset}.
   *
   * @param caller null if the request was not authenticated
   */
  private static List<ProtocolResponse.Header> common(@Nullable SecurityContext caller) {
    Map<String, String> end = SecretHeaders.end(caller == null ? null : caller.getUserPrincipal());
    if (end.isEmpty()) {
      return COMMON;
    }
    List<ProtocolResponse.Header> headers = new ArrayList<>(COMMON);
    end.forEach((name, value) -> headers.add(new ProtocolResponse.Header(name, value)));
    return headers;
  }

  /**
   * Returns true if a query contains only the characters of RFC 3986, section 3.4. A Jakarta REST
   * runtime may change all other characters before a resource reads the query.
   */
  private static boolean isCanonical(@Nullable String query) {
    if (query == null) {
      return true;
    }
    for (int i = 0; i < query.length(); i++) {
      char c = query.charAt(i);
      if (c == '%') {
        if (i + 2 >= query.length()
            || !HexFormat.isHexDigit(query.charAt(i + 1))
            || !HexFormat.isHexDigit(query.charAt(i + 2))) {
          return false;
        }
        i += 2;
      } else if (!isQueryCharacter(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isQueryCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~!$&'()*+,;=:@/?".indexOf(c) >= 0;
  }
}
