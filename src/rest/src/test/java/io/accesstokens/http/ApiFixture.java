package io.accesstokens.http;

import io.accesstokens.auth.header.BearerChallenge;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.protocol.ProtocolEndpoints;
import io.accesstokens.http.protocol.ProtocolRequest;
import io.accesstokens.http.protocol.ProtocolResponse;
import io.accesstokens.testing.AnonymousContext;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.Actor;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.UserDirectory.Presence;
import io.accesstokens.token.policy.CreationLimit;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.token.policy.SignInAge;
import io.accesstokens.token.rotation.RotationPolicy;
import io.accesstokens.token.rotation.SelfRotation;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import jakarta.annotation.Priority;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ResourceConfig;
import org.jspecify.annotations.Nullable;

/**
 * Runs the API in this process without a server, with the real filters, exception mappers, domain
 * classes and Jersey.
 *
 * <ul>
 *   <li>{@code alice} has all permissions.
 *   <li>{@code bob} can read everything.
 *   <li>{@code carol} is a member of the group {@code platform}.
 *   <li>{@code dave} is not a member of any group.
 * </ul>
 *
 * <p>Jersey starts slowly. All fixtures without additions therefore share one application, whose
 * store, directories and listeners are those of the fixture that sends the request. The services
 * keep some results in memory, such as the sums of all uses. A test of these results needs a
 * fixture with an addition.
 */
public final class ApiFixture {

  public static final String SERVICE = "access-tokens/service";
  public static final String PERSONAL = "access-tokens/personal";
  public static final String USER_TOKENS = "access-tokens/user-tokens";
  public static final String WHOAMI = "access-tokens/whoami";
  public static final String INTROSPECT = "access-tokens/introspect";
  static final String REVOKE = "access-tokens/revoke";
  static final String VERIFY = "access-tokens/verify";
  static final String ROTATE = "access-tokens/rotate";
  static final String GROUPS = "access-tokens/groups";

  /** The ref of a group whose name contains characters that are unsafe in a header. */
  static final String ODD_GROUP = "größe%'<";

  private static final EntityRef PLATFORM = new EntityRef("group", "default", "platform");
  private static final EntityRef PAYMENTS = new EntityRef("group", "default", "payments");
  private static final URI BASE = URI.create("http://evil.example/context/api/");

  public final ListTokenStore store = new ListTokenStore();

  /** One word for the result of each verification of a raw token. */
  final List<String> reported = new CopyOnWriteArrayList<>();

  /** One text for each denied request, with the actor, the permission and the rule. */
  final List<String> denied = new CopyOnWriteArrayList<>();

  private final AuditListener log =
      new AuditListener() {
        @Override
        public void recorded(AuditEvent event, Actor actor) {}

        @Override
        public void denied(Actor actor, String permission, String rule) {
          denied.add(actor.getName() + " " + permission + " " + rule);
        }
      };

  private final VerificationListener usageListener =
      new VerificationListener() {
        @Override
        public void accepted(Verification.Accepted accepted, ClientInfo client) {
          reported.add("accepted");
        }

        @Override
        public void refused(Verification.Refused refused, ClientInfo client) {
          reported.add(refused.reason().name());
        }

        @Override
        public void unavailable(ClientInfo client) {
          reported.add("unavailable");
        }
      };

  /** True if the group directory is available. */
  public boolean directoryUp = true;

  /**
   * True if the group directory can return the groups of users. If false, it can return only the
   * groups of the gateway.
   */
  boolean groupsUp = true;

  /** True if the user directory can determine which users exist. */
  boolean usersUp = true;

  /** The names of users that no longer exist. */
  final Set<String> gone = new HashSet<>();

  /** The names of the members of the group {@code platform}. */
  final Set<String> platform = new HashSet<>(Set.of("carol"));

  /** The name of a user who has exceeded the rate limit for changes; null if there is none. */
  public @Nullable String limited;

  private final GroupDirectory directory = new Directory();
  private final Application application;

  /** True if requests pass the {@link ProtocolEndpoints} first, as in a servlet container. */
  boolean direct;

  /** The number of requests that the {@link ProtocolEndpoints} have answered. */
  int answeredDirectly;

  public ApiFixture() {
    application = Shared.APPLICATION;
  }

  /** Returns the API whose requests pass the {@link ProtocolEndpoints} first. */
  static ApiFixture direct() {
    ApiFixture api = new ApiFixture();
    api.direct = true;
    return api;
  }

  public ApiFixture(List<Class<?>> more) {
    this(more, List.of());
  }

  public ApiFixture(List<Class<?>> more, List<CreationLimit> limits) {
    this(more, limits, Clock.systemUTC(), (tokenService, feature) -> List.of());
  }

  /** Returns the API of a service that uses the given clock. */
  static ApiFixture at(Clock clock) {
    return new ApiFixture(List.of(), List.of(), clock, (tokenService, feature) -> List.of());
  }

  /** Returns the API with an additional resource. */
  public static ApiFixture with(Object resource) {
    return with((tokenService, feature) -> List.of(resource));
  }

  /**
   * Returns the API with additional resources and filters.
   *
   * @param resources creates the resources and filters. The function can use the token service and
   *     change the feature
   */
  public static ApiFixture with(
      BiFunction<ServiceTokenService, RoutesFeature, List<Object>> resources) {
    return new ApiFixture(List.of(), List.of(), Clock.systemUTC(), resources);
  }

  private ApiFixture(
      List<Class<?>> more,
      List<CreationLimit> limits,
      Clock clock,
      BiFunction<ServiceTokenService, RoutesFeature, List<Object>> resources) {
    application = new Application(() -> this, more, limits, clock, resources);
  }

  private Presence presence(EntityRef user) {
    if (!usersUp) {
      return Presence.UNKNOWN;
    }
    return gone.contains(user.name()) ? Presence.GONE : Presence.PRESENT;
  }

  private Optional<Duration> limit(EntityRef user) {
    return user.name().equals(limited) ? Optional.of(Duration.ofMillis(1_001)) : Optional.empty();
  }

  /** The application of the fixtures without additions. */
  private static final class Shared {

    /** The fixture whose request the thread processes. */
    static final ThreadLocal<@Nullable ApiFixture> CURRENT = new ThreadLocal<>();

    static final Application APPLICATION =
        new Application(
            () -> Objects.requireNonNull(CURRENT.get(), "not in a request"),
            List.of(),
            List.of(),
            Clock.systemUTC(),
            (tokenService, feature) -> List.of());
  }

  /** The routes, filters and domain classes. They use the parts of the current fixture. */
  private static final class Application {

    final ServiceTokenService tokenService;
    final ApplicationHandler handler;
    final ProtocolEndpoints endpoints;

    Application(
        Supplier<ApiFixture> current,
        List<Class<?>> more,
        List<CreationLimit> limits,
        Clock clock,
        BiFunction<ServiceTokenService, RoutesFeature, List<Object>> resources) {
      tokenService =
          ServiceTokenService.on(
                  storeOf(current),
                  TestDouble.delegate(GroupDirectory.class, () -> current.get().directory))
              .permissions(
                  new PermissionPolicy(
                      new Grantees(Set.of(person("alice")), Set.of()),
                      new Grantees(Set.of(person("bob")), Set.of()),
                      new Grantees(Set.of(person("gateway")), Set.of())))
              .scopes(
                  ScopeCatalog.defaults()
                      .and(ScopeCatalog.tokenManagement())
                      .and(ScopeCatalog.introspection()))
              .personal(
                  PersonalCreationPolicy.of(
                      new CreationPolicy(ScopeCatalog.defaults(), 365, 365, limits, SignInAge.ANY),
                      365,
                      30,
                      5),
                  user -> current.get().presence(user),
                  user -> current.get().limit(user))
              .limits(limits)
              .clock(clock)
              .rotations(
                  new RotationPolicy(Duration.ofDays(1), Duration.ofDays(30), SelfRotation.RENEW))
              .auditListener(TestDouble.delegate(AuditListener.class, () -> current.get().log))
              .build();
      ResourceConfig config = new ResourceConfig();
      AccessTokensRoutes.classes().forEach(config::register);
      more.forEach(config::register);
      config.addProperties(AccessTokensRoutes.properties());
      RoutesFeature feature =
          AccessTokensRoutes.feature(tokenService)
              .alone()
              .verifications(
                  TestDouble.delegate(
                      VerificationListener.class, () -> current.get().usageListener))
              .issuer(URI.create("https://tokens.example"))
              .challenges(headers -> List.of(BearerChallenge.PLAIN, "Basic realm=\"test\""));
      List<Object> beside = resources.apply(tokenService, feature);
      // Registered by a feature, as in the application: Jersey warns about resources that are
      // registered directly.
      config.register(
          (Feature)
              context -> {
                beside.forEach(context::register);
                return true;
              });
      config.register(feature);
      config.register(new UserDirectory(current));
      handler = new ApplicationHandler(config);
      endpoints = feature.protocolEndpoints();
    }

    private static TokenStore storeOf(Supplier<ApiFixture> current) {
      PersonalTokenStore personal =
          TestDouble.delegate(
              PersonalTokenStore.class, () -> current.get().store.personal().orElseThrow());
      return TestDouble.around(
          TokenStore.class,
          TestDouble.delegate(TokenStore.class, () -> current.get().store),
          call -> call.name().equals("personal") ? Optional.of(personal) : call.proceed());
    }
  }

  private static EntityRef person(String name) {
    return new EntityRef("user", "default", name);
  }

  /** Returns a call by the user with the given name. */
  public Call as(String name) {
    return new Call().header("Authorization", "Basic " + name);
  }

  public Call with(String rawToken) {
    return new Call().header("Authorization", "Bearer " + rawToken);
  }

  /** Returns a call without a credential. */
  public Call anonymous() {
    return new Call();
  }

  /**
   * Creates a personal token as the given user, and returns the response body.
   *
   * @param scopes the scopes of the token, as a JSON list
   */
  public JsonObject mint(String name, String scopes) {
    String body = "{\"name\":\"t\",\"scopes\":%s}".formatted(scopes);
    return as(name).post(PERSONAL, body).expect(201).json();
  }

  /**
   * Creates a service token as {@code alice} and returns the response body.
   *
   * @param scopes the scopes of the token, as a JSON list
   */
  public JsonObject create(String name, String scopes) {
    return as("alice").post(SERVICE, body(name, scopes)).expect(201).json();
  }

  /** Returns a well-formed raw service token that no store contains. */
  static String unknownToken() {
    return RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new SecureRandom()).reveal();
  }

  public static String body(String name, String scopes) {
    return "{\"name\":\"%s\",\"description\":\"d\",\"groupEntityRef\":\"platform\",\"scopes\":%s}"
        .formatted(name, scopes);
  }

  /** A request to the API. */
  public final class Call {
    private final Map<String, List<String>> headers = new LinkedHashMap<>();

    public Call header(String name, String... values) {
      headers.put(name, List.of(values));
      return this;
    }

    public Answer get(String path) {
      return send("GET", path, null);
    }

    /** Sends a request, and runs an action when the first bytes of the response are written. */
    Answer getAndRunAtFirstBytes(String path, Runnable action) {
      // The runtime can ignore an exception while it writes a response.
      FutureTask<Void> once = new FutureTask<>(action, null);
      Answer answer =
          send(
              "GET",
              path,
              null,
              new ByteArrayOutputStream() {
                @Override
                public synchronized void write(byte[] bytes, int from, int length) {
                  once.run();
                  super.write(bytes, from, length);
                }
              });
      try {
        once.get(0, TimeUnit.SECONDS);
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new AssertionError(e);
      }
      return answer;
    }

    public Answer post(String path, String json) {
      headers.putIfAbsent("Content-Type", List.of("application/json"));
      return send("POST", path, json.getBytes(StandardCharsets.UTF_8));
    }

    public Answer delete(String path, String json) {
      headers.putIfAbsent("Content-Type", List.of("application/json"));
      return send("DELETE", path, json.getBytes(StandardCharsets.UTF_8));
    }

    public Answer form(String path, String form) {
      headers.putIfAbsent("Content-Type", List.of("application/x-www-form-urlencoded"));
      return send("POST", path, form.getBytes(StandardCharsets.UTF_8));
    }

    public Answer send(String method, String path, byte @Nullable [] body) {
      return send(method, path, body, new ByteArrayOutputStream());
    }

    private Answer send(
        String method, String path, byte @Nullable [] body, ByteArrayOutputStream written) {
      ApiFixture before = Shared.CURRENT.get();
      Shared.CURRENT.set(ApiFixture.this);
      try {
        return process(method, path, body, written);
      } finally {
        Shared.CURRENT.set(before);
      }
    }

    private Answer process(
        String method, String path, byte @Nullable [] body, ByteArrayOutputStream written) {
      ContainerRequest request =
          new ContainerRequest(
              BASE,
              BASE.resolve(path),
              method,
              new AnonymousContext(false),
              new MapPropertiesDelegate(new HashMap<>()),
              application.handler.getConfiguration());
      headers.forEach((name, values) -> values.forEach(value -> request.header(name, value)));
      if (direct) {
        Optional<ProtocolResponse> response =
            application.endpoints.process(
                path.split("\\?", -1)[0], new DirectRequest(request, Optional.ofNullable(body)));
        if (response.isPresent()) {
          answeredDirectly++;
          return answer(request, response.get());
        }
      }
      request.setEntityStream(new ByteArrayInputStream(body == null ? new byte[0] : body));
      try {
        return new Answer(
            application.handler.apply(request, written).get(),
            written.toString(StandardCharsets.UTF_8));
      } catch (InterruptedException | ExecutionException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static Answer answer(ContainerRequest request, ProtocolResponse direct) {
    Response.ResponseBuilder response = Response.status(direct.status());
    direct.headers().forEach(header -> response.header(header.name(), header.value()));
    return new Answer(
        new ContainerResponse(request, response.build()),
        new String(direct.body(), StandardCharsets.UTF_8));
  }

  /** A request as the {@link ProtocolEndpoints} read it. */
  private final class DirectRequest implements ProtocolRequest {
    private final ContainerRequest request;
    private final Optional<byte[]> body;

    DirectRequest(ContainerRequest request, Optional<byte[]> body) {
      this.request = request;
      this.body = body;
    }

    @Override
    public Optional<byte[]> body() {
      return body;
    }

    @Override
    public MultivaluedMap<String, String> allHeaders() {
      return request.getRequestHeaders();
    }

    @Override
    public Optional<SecurityContext> authenticateByPassword() {
      return person(request);
    }

    @Override
    public String method() {
      return request.getMethod();
    }

    @Override
    public List<String> headers(String name) {
      List<String> values = request.getRequestHeaders().get(name);
      return values == null ? List.of() : values;
    }

    @Override
    public @Nullable String query() {
      return request.getRequestUri().getRawQuery();
    }

    @Override
    public @Nullable String clientAddress() {
      return null;
    }

    @Override
    public boolean secure() {
      return false;
    }
  }

  public record Answer(ContainerResponse response, String text) {

    public int status() {
      return response.getStatus();
    }

    public JsonObject json() {
      return Json.createReader(new StringReader(text)).readObject();
    }

    public @Nullable String header(String name) {
      return response.getHeaderString(name);
    }

    /**
     * Asserts the status of the response. Also asserts the headers and the form that all responses
     * with this status have.
     */
    public Answer expect(int expected) {
      if (status() != expected) {
        throw new AssertionError("expected " + expected + ", not " + status() + ": " + text());
      }
      if (!"no-store".equals(header(HttpHeaders.CACHE_CONTROL))
          || !"nosniff".equals(header("X-Content-Type-Options"))) {
        throw new AssertionError("header missing: " + response.getHeaders());
      }
      if (expected >= 400) {
        isProblem(expected);
      }
      if (expected == 401 && header("WWW-Authenticate") == null) {
        throw new AssertionError("401 without a challenge");
      }
      return this;
    }

    /** Asserts that the response is an error of an OAuth endpoint. */
    Answer expectOAuth(int expected, String error) {
      JsonObject body = json();
      boolean plain = body.getString("error_description").matches("[ !#-\\[\\]-~]+");
      if (status() != expected
          || !error.equals(body.getString("error"))
          || !plain
          || body.size() != 2
          || !"application/json".equals(header("Content-Type"))
          || !"no-store".equals(header(HttpHeaders.CACHE_CONTROL))
          || (expected == 401 && header("WWW-Authenticate") == null)) {
        throw new AssertionError(status() + " " + response.getHeaders() + text());
      }
      return this;
    }

    private void isProblem(int expected) {
      if (!Problem.MEDIA_TYPE.equals(header("Content-Type"))
          || text.getBytes(StandardCharsets.UTF_8).length >= 2_000) {
        throw new AssertionError("not a problem: " + response.getHeaders() + text());
      }
      JsonObject problem = json();
      if (problem.getInt("status") != expected
          || problem.getString("error").isEmpty()
          || problem.getString("type").isEmpty()
          || problem.getString("title").isEmpty()) {
        throw new AssertionError("not a problem: " + text());
      }
    }

    /** Returns the names of the wrong fields, in the order of the response. */
    public List<String> fields() {
      return json().getJsonArray("violations").getValuesAs(JsonObject.class).stream()
          .map(violation -> violation.getString("field"))
          .toList();
    }

    String message(String field) {
      return json().getJsonArray("violations").getValuesAs(JsonObject.class).stream()
          .filter(violation -> violation.getString("field").equals(field))
          .map(violation -> violation.getString("message"))
          .findFirst()
          .orElseThrow();
    }
  }

  private final class Directory implements GroupDirectory {

    @Override
    public boolean exists(EntityRef group) {
      if (!directoryUp) {
        throw new DirectoryUnavailableException(
            "the directory is unreachable", new RuntimeException());
      }
      return group.equals(PLATFORM) || group.equals(PAYMENTS) || group.name().equals(ODD_GROUP);
    }

    @Override
    public Map<EntityRef, String> displayNames(Set<EntityRef> groups) {
      return directoryUp && groups.contains(PLATFORM) ? Map.of(PLATFORM, "Our Platform") : Map.of();
    }

    @Override
    public MatchingGroups search(String text, int limit) {
      if (!directoryUp) {
        throw new DirectoryUnavailableException(
            "the directory is unreachable", new RuntimeException());
      }
      return MatchingGroups.among(
          List.of(Group.of(PLATFORM, "Our Platform"), Group.of(PAYMENTS, null)), text, limit);
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      if (!groupsUp && !user.name().equals("gateway")) {
        throw new DirectoryUnavailableException(
            "the directory is unreachable", new RuntimeException());
      }
      return platform.contains(user.name()) ? Set.of(PLATFORM) : Set.of();
    }
  }

  /** Accepts {@code Authorization: Basic <name>} for every name, without a password. */
  @Priority(Priorities.AUTHENTICATION + 1)
  private static final class UserDirectory implements ContainerRequestFilter {
    private final Supplier<ApiFixture> current;

    UserDirectory(Supplier<ApiFixture> current) {
      this.current = current;
    }

    @Override
    public void filter(ContainerRequestContext request) {
      if (request.getSecurityContext().getUserPrincipal() == null) {
        current.get().person(request).ifPresent(request::setSecurityContext);
      }
    }
  }

  private Optional<SecurityContext> person(ContainerRequestContext request) {
    String credential = request.getHeaderString(HttpHeaders.AUTHORIZATION);
    if (credential == null || !credential.startsWith("Basic ")) {
      return Optional.empty();
    }
    EntityRef ref = person(credential.substring("Basic ".length()));
    Actor.Person caller = new Actor.Person(ref, directory.groupsOf(ref), null);
    return Optional.of(new Caller(caller, application.tokenService.permissionsOf(caller)));
  }

  private record Caller(Actor.Person person, List<String> permissions) implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
      return person;
    }

    @Override
    public boolean isUserInRole(String role) {
      return permissions.contains(role);
    }

    @Override
    public boolean isSecure() {
      return false;
    }

    @Override
    public String getAuthenticationScheme() {
      return BASIC_AUTH;
    }
  }
}
