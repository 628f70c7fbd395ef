package io.accesstokens.auth;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.enforcement.EnforcementPolicy;
import io.accesstokens.auth.enforcement.Route;
import io.accesstokens.testing.AnonymousContext;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.UseLimits;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.VerificationUnavailableException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ResourceConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Tests the feature in an application that uses no other part of this project. */
class AccessTokensFeatureTest {

  private static final RawTokenFormat FORMAT = RawTokenFormat.DEFAULT;
  private static final URI BASE = URI.create("https://host.example/");

  private final RawToken good = mint(1);
  private final RawToken revoked = mint(2);
  private final RawToken unavailable = mint(3);
  private final RawToken limited = mint(4);
  private final List<String> events = new ArrayList<>();
  private ApplicationHandler handler = new ApplicationHandler(application());

  private static RawToken mint(long seed) {
    return FORMAT.create(RawToken.Kind.SERVICE, new SplittableRandom(seed));
  }

  /** A resource of a host application. */
  @Path("things")
  public static class Things {
    @GET
    @RolesAllowed("things:read")
    public String read(@Context SecurityContext security) {
      return security.getUserPrincipal() + " " + security.isSecure();
    }

    @GET
    @Path("purge")
    @RolesAllowed("things:purge")
    public String purge() {
      return "";
    }
  }

  private ResourceConfig application() {
    return new ResourceConfig(Things.class)
        .property("jersey.config.server.wadl.disableWadl", true)
        .register(
            AccessTokensFeature.builder(this::verify)
                .listener(new RecordingListener())
                .missingPermissionListener(denial -> events.add(denial.toString()))
                .build());
  }

  private Verification verify(RawToken token) {
    if (token.reveal().equals(good.reveal())) {
      return new Verification.Accepted(
          new UUID(0, 7),
          "service-token:group:default/platform:n",
          new EntityRef("group", "default", "platform"),
          List.of("things:read"),
          Instant.parse("2027-01-01T00:00:00Z"));
    }
    if (token.reveal().equals(limited.reveal())) {
      Verification.Accepted accepted =
          new Verification.Accepted(
              new UUID(0, 9),
              "service-token:group:default/platform:limited",
              new EntityRef("group", "default", "platform"),
              List.of("things:read"),
              null,
              Instant.parse("2027-01-01T00:00:00Z"),
              new UseLimits(List.of(AddressRange.parse("192.0.2.0/24").orElseThrow()), 3));
      return new Verification.AddressLimited(accepted);
    }
    if (token.reveal().equals(unavailable.reveal())) {
      throw new VerificationUnavailableException("down", new RuntimeException());
    }
    return new Verification.Refused(Verification.Reason.REVOKED, Optional.of(new UUID(0, 8)));
  }

  private ContainerResponse get(String path, @Nullable Object address, String... credentials) {
    Map<String, Object> properties = new HashMap<>();
    if (address != null) {
      properties.put(AccessTokensFeature.CLIENT_ADDRESS, address);
    }
    ContainerRequest request =
        new ContainerRequest(
            BASE,
            BASE.resolve(path),
            "GET",
            new AnonymousContext(true),
            new MapPropertiesDelegate(properties),
            handler.getConfiguration());
    for (String credential : credentials) {
      request.header("Authorization", credential);
    }
    try {
      return handler.apply(request).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void validTokenBecomesThePrincipalWithItsAddress() {
    ContainerResponse response = get("things", "192.0.2.1", "Bearer " + good.reveal());
    assertEquals(200, response.getStatus());
    String seen = String.valueOf(response.getEntity());
    assertTrue(seen.contains("clientAddress=192.0.2.1") && seen.endsWith(" true"), seen);
    assertEquals(List.of("accepted 192.0.2.1"), events);
  }

  @Test
  void limitedTokenIsAcceptedOnlyFromItsAddresses() {
    String credential = "Bearer " + limited.reveal();
    assertEquals(200, get("things", "192.0.2.1", credential).getStatus());
    assertEquals(200, get("things", "::ffff:192.0.2.2", credential).getStatus());
    String refused = null;
    for (String address : new @Nullable String[] {"198.51.100.1", "2001:db8::1", "x", "", null}) {
      ContainerResponse response = get("things", address, credential);
      assertEquals(401, response.getStatus());
      String text = response.getHeaders() + " " + response.getEntity();
      assertEquals(refused == null ? text : refused, text);
      refused = text;
    }
    ContainerResponse revokedToken = get("things", "192.0.2.1", "Bearer " + revoked.reveal());
    assertEquals(refused, revokedToken.getHeaders() + " " + revokedToken.getEntity());
    assertEquals(
        List.of(
            "accepted 192.0.2.1",
            "accepted ::ffff:192.0.2.2",
            "ADDRESS 198.51.100.1",
            "ADDRESS 2001:db8::1",
            "ADDRESS x",
            "ADDRESS ",
            "ADDRESS null",
            "REVOKED 192.0.2.1"),
        events);
  }

  @Test
  void requestsBeyondTheRateOfATokenGet429() {
    String credential = "Bearer " + limited.reveal();
    for (int i = 0; i < 3; i++) {
      get("things", "198.51.100.1", credential); // refused requests do not count
      assertEquals(200, get("things", "192.0.2.1", credential).getStatus());
    }
    ContainerResponse response = get("things", "192.0.2.1", credential);
    assertEquals(429, response.getStatus());
    assertEquals("\"token\";q=3;w=60", response.getHeaderString("RateLimit-Policy"));
    int wait = Integer.parseInt(response.getHeaderString("Retry-After"));
    assertTrue(wait >= 1 && wait <= 60, "Retry-After " + wait);
    assertEquals("\"token\";r=0;t=" + wait, response.getHeaderString("RateLimit"));
    assertEquals(401, get("things", "198.51.100.1", credential).getStatus(), "the address first");
    assertEquals(3, events.stream().filter(event -> event.startsWith("accepted")).count());
    assertEquals(
        List.of("rate 192.0.2.1"),
        events.stream().filter(event -> event.startsWith("rate")).toList());
  }

  @Test
  void listenerReceivesTheReasonOfARefusal() {
    get("things", null, "Bearer " + revoked.reveal());
    get("things", 42, "Bearer junk");
    get("things", "::1", "Bearer " + good.reveal(), "Bearer " + good.reveal());
    assertEquals(List.of("REVOKED null", "MALFORMED null", "MALFORMED ::1"), events);
  }

  @Test
  void tooManyUnknownTokensAreLimitedButKnownTokensAreNot() {
    List<String> addresses = new ArrayList<>();
    handler =
        new ApplicationHandler(
            new ResourceConfig(Things.class)
                .property("jersey.config.server.wadl.disableWadl", true)
                .register(
                    AccessTokensFeature.builder(
                            token ->
                                token.reveal().equals(unavailable.reveal())
                                    ? new Verification.Refused(
                                        Verification.Reason.UNKNOWN, Optional.empty())
                                    : verify(token))
                        .listener(new RecordingListener())
                        .unknownTokens(
                            address -> {
                              addresses.add(String.valueOf(address));
                              return addresses.size() > 1
                                  ? Optional.of(Duration.ofMillis(1001))
                                  : Optional.empty();
                            })
                        .build()));
    assertEquals(401, get("things", "192.0.2.1", "Bearer " + unavailable.reveal()).getStatus());
    ContainerResponse limited = get("things", "192.0.2.1", "Bearer " + unavailable.reveal());
    assertEquals(429, limited.getStatus());
    assertEquals("2", limited.getHeaderString("Retry-After"));
    assertEquals("{\"error\":\"too_many_requests\"}", limited.getEntity());
    assertEquals(401, get("things", null, "Bearer " + revoked.reveal()).getStatus());
    assertEquals(401, get("things", null, "Bearer junk").getStatus());
    assertEquals(200, get("things", null, "Bearer " + good.reveal()).getStatus());
    assertEquals(List.of("192.0.2.1", "192.0.2.1"), addresses);
    assertEquals(
        List.of("UNKNOWN 192.0.2.1", "REVOKED null", "MALFORMED null", "accepted null"), events);
  }

  @Test
  void errorResponsesHaveTheirHeadersWithoutAMapper() {
    ContainerResponse anonymous = get("things", null);
    assertEquals(401, anonymous.getStatus());
    assertEquals("Bearer realm=\"access-tokens\"", anonymous.getHeaderString("WWW-Authenticate"));
    ContainerResponse refused = get("things", null, "Bearer " + revoked.reveal());
    assertEquals(401, refused.getStatus());
    String challenge = refused.getHeaderString("WWW-Authenticate");
    assertTrue(challenge.contains("invalid_token"), challenge);
    ContainerResponse outage = get("things", null, "Bearer " + unavailable.reveal());
    assertEquals(503, outage.getStatus());
    assertEquals("1", outage.getHeaderString("Retry-After"));
  }

  @Test
  void missingScopeIsReportedToCallerAndListener() {
    ContainerResponse denied = get("things/purge", null, "Bearer " + good.reveal());
    assertEquals(403, denied.getStatus());
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"insufficient_scope\", scope=\"things:purge\"",
        denied.getHeaderString("WWW-Authenticate"));
    assertEquals(
        List.of(
            "accepted null",
            "enforce: GET /things/purge (Things.purge) requires [things:purge], missing"
                + " [things:purge], caller service-token:group:default/platform:n, token "
                + new UUID(0, 7)),
        events);
  }

  @Test
  @SuppressWarnings("NullAway") // A host without null checks may return null.
  void failingModePolicyEnforces() {
    String credential = "Bearer " + good.reveal();
    assertEquals(200, purge(credential, route -> EnforcementMode.MONITOR));
    assertEquals(
        403,
        purge(
            credential,
            route -> {
              throw new IllegalStateException("no settings");
            }));
    assertEquals(403, purge(credential, new HashMap<Route, EnforcementMode>()::get));
  }

  /** Calls a resource of an application whose denial listener always fails. */
  private int purge(String credential, EnforcementPolicy modes) {
    handler =
        new ApplicationHandler(
            new ResourceConfig(Staged.class)
                .property("jersey.config.server.wadl.disableWadl", true)
                .register(
                    AccessTokensFeature.builder(this::verify)
                        .modes(modes)
                        .missingPermissionListener(
                            denial -> {
                              throw new IllegalStateException("no listener");
                            })
                        .build()));
    return get("staged", null, credential).getStatus();
  }

  /** Requires a scope that no token has. */
  @Path("staged")
  @RequiresScope("things:purge")
  public static class Staged {
    @GET
    public String get() {
      return "";
    }
  }

  /** A second resource of a host application. */
  @Path("others")
  public static class Others {
    @GET
    @RolesAllowed("things:read")
    public String read() {
      return "";
    }
  }

  /** Returns a feature whose listener adds its name to the events. */
  private AccessTokensFeature named(String name, @Nullable Class<?> only) {
    AccessTokensFeature.Builder builder =
        AccessTokensFeature.builder(this::verify)
            .missingPermissionListener(denial -> events.add(name))
            .listener(
                new VerificationListener() {
                  @Override
                  public void accepted(Verification.Accepted accepted, ClientInfo client) {
                    events.add(name);
                  }

                  @Override
                  public void refused(Verification.Refused refused, ClientInfo client) {}
                });
    return (only == null ? builder : builder.onlyOn(Set.of(only))).build();
  }

  private void start(AccessTokensFeature... features) {
    Feature all = context -> configureAll(context, features);
    handler = new ApplicationHandler(application(Others.class).register(all));
  }

  private static ResourceConfig application(Class<?> other) {
    return new ResourceConfig(Things.class, other)
        .property("jersey.config.server.wadl.disableWadl", true);
  }

  @Test
  void eachOfSeveralFeaturesGuardsItsClasses() {
    AccessTokensFeature things = named("things", Things.class);
    AccessTokensFeature others = named("others", Others.class);
    AccessTokensFeature all = named("all", null);
    assertGuards("things", "others", things, others);
    assertGuards("things", "others", others, things);
    assertGuards("things", "all", things, all);
    assertGuards("things", "all", all, things);
    assertGuards("things", "others", all, others, things);
  }

  private void assertGuards(String ofThings, String ofOthers, AccessTokensFeature... features) {
    start(features);
    events.clear();
    String credential = "Bearer " + good.reveal();
    assertEquals(401, get("things", null).getStatus());
    assertEquals(401, get("others", null).getStatus());
    assertEquals(200, get("things", null, credential).getStatus());
    assertEquals(403, get("things/purge", null, credential).getStatus());
    assertEquals(200, get("others", null, credential).getStatus());
    assertEquals(List.of(ofThings, ofThings, ofThings, ofOthers), events);
  }

  /** Has a sub-resource that another class also has. */
  @Path("left")
  @RolesAllowed("things:read")
  public static class Left {
    @GET
    public String read() {
      return "";
    }

    @Path("leaf")
    public Leaf leaf() {
      return new Leaf();
    }

    @Path("marked")
    public Marked marked() {
      return new Marked();
    }
  }

  /** Has sub-resources only. */
  @Path("right")
  public static class Right {
    @Path("leaf")
    public Object leaf() {
      return new Leaf();
    }

    @Path("left")
    public Left left() {
      return new Left();
    }

    @Path("scoped")
    public Scoped scoped() {
      return new Scoped();
    }
  }

  /** A sub-resource that requires a scope. */
  @RequiresScope("things:purge")
  public static class Scoped {
    @GET
    public String read() {
      return "";
    }
  }

  /** A sub-resource. */
  public static class Leaf {
    @GET
    @RolesAllowed("things:purge")
    public String read() {
      return "";
    }
  }

  /** A sub-resource whose path has no effect. */
  @Path("marked")
  @RolesAllowed("things:purge")
  public static class Marked {
    @GET
    public String read() {
      return "";
    }
  }

  private void startTree(AccessTokensFeature... features) {
    handler =
        new ApplicationHandler(
            new ResourceConfig(Left.class, Right.class)
                .property("jersey.config.server.wadl.disableWadl", true)
                .register((Feature) context -> configureAll(context, features)));
  }

  private static boolean configureAll(FeatureContext context, AccessTokensFeature... features) {
    for (AccessTokensFeature feature : features) {
      feature.configure(context);
    }
    return true;
  }

  @Test
  void subResourceIsGuardedByTheFeatureOfTheClassThatLedToIt() {
    String credential = "Bearer " + good.reveal();
    for (int i = 0; i < 2; i++) {
      startTree(
          named("left", Left.class), named(i == 0 ? "right" : "all", i == 0 ? Right.class : null));
      for (String path :
          List.of("left/leaf", "left/marked", "right/left/leaf", "right/leaf", "right/scoped")) {
        events.clear();
        assertEquals(401, get(path, null).getStatus(), path);
        assertEquals(403, get(path, null, credential).getStatus(), path);
        String guard = path.contains("left") ? "left" : i == 0 ? "right" : "all";
        assertEquals(List.of(guard, guard), events, path);
      }
    }
  }

  @Test
  void featureThatNamesTheClassOfASubResourceGuardsIt() {
    startTree(named("left", Left.class), named("leaf", Leaf.class));
    for (String path : List.of("left/leaf", "right/leaf")) {
      events.clear();
      assertEquals(403, get(path, null, "Bearer " + good.reveal()).getStatus(), path);
      assertEquals(List.of("leaf", "leaf"), events, path);
    }
  }

  @Test
  void scopeOfASubResourceThatNoFeatureEnforcesIsNotServed() {
    startTree(named("left", Left.class));
    assertFails("guard class " + Scoped.class.getName(), () -> get("right/scoped", null));
  }

  /** Has a locator whose declaration has no effect. */
  @Path("trap")
  public static class Trap {
    @Path("others")
    @RolesAllowed("things:purge")
    public Others others() {
      return new Others();
    }
  }

  @Test
  void declarationOfALocatorOfARootClassIsNotServed() {
    String credential = "Bearer " + good.reveal();
    for (Class<?> only : new @Nullable Class<?>[] {null, Others.class, Things.class}) {
      AccessTokensFeature[] features =
          only == null
              ? new AccessTokensFeature[] {named("all", null)}
              : new AccessTokensFeature[] {named("all", null), named("only", only)};
      handler =
          new ApplicationHandler(
              application(Others.class)
                  .register(Trap.class)
                  .register((Feature) context -> configureAll(context, features)));
      assertEquals(200, get("others", null, credential).getStatus());
      assertFails("Trap.others() declares access", () -> get("trap/others", null, credential));
      assertEquals(200, get("others", null, credential).getStatus());
    }
  }

  /** Has a method, and a locator whose declaration has no effect. */
  @Path("mixed")
  public static class Mixed extends Trap {
    @GET
    @RolesAllowed("things:read")
    public String read() {
      return "";
    }
  }

  @Test
  void declarationOfALocatorBesideAMethodStopsTheStart() {
    ResourceConfig application = application(Mixed.class).register(named("all", null));
    assertFails("Trap.others() declares access", () -> new ApplicationHandler(application));
  }

  @Test
  void proxyThatImplementsTheInterfaceOfANamedClassIsGuarded() {
    handler =
        new ApplicationHandler(
            new ResourceConfig()
                .property("jersey.config.server.wadl.disableWadl", true)
                .register(proxy(new SharedThing(), Shared.class, Marker.class))
                .register(proxy(new OtherThing(), Other.class, Marker.class))
                .register(named("shared", SharedThing.class)));
    assertEquals(401, get("shared", null).getStatus());
    assertEquals(401, get("shared/leaf", null).getStatus());
    assertEquals(200, get("other", null).getStatus());
  }

  private static Object proxy(Object resource, Class<?>... interfaces) {
    return Proxy.newProxyInstance(
        AccessTokensFeatureTest.class.getClassLoader(),
        interfaces,
        (self, method, arguments) -> method.invoke(resource, arguments));
  }

  /** An interface without a resource method. */
  public interface Marker {}

  /** Declares another resource. */
  @Path("other")
  public interface Other {
    @GET
    String read();
  }

  /** A resource behind a proxy that no feature names. */
  public static class OtherThing implements Other, Marker {
    @Override
    public String read() {
      return "other";
    }
  }

  /** Declares the methods of a resource. */
  @Path("shared")
  public interface Shared {
    @GET
    String read();

    @Path("leaf")
    Leaf leaf();
  }

  /** A resource behind a proxy. */
  public static class SharedThing implements Shared, Marker {
    @Override
    public String read() {
      return "";
    }

    @Override
    public Leaf leaf() {
      return new Leaf();
    }
  }

  @Test
  void severalFeaturesCountTheRequestsOfATokenTogether() {
    start(named("things", Things.class), named("all", null));
    String credential = "Bearer " + limited.reveal();
    assertEquals(200, get("things", "192.0.2.1", credential).getStatus());
    assertEquals(200, get("others", "192.0.2.1", credential).getStatus());
    assertEquals(200, get("things", "192.0.2.1", credential).getStatus());
    assertEquals(429, get("others", "192.0.2.1", credential).getStatus());
    assertEquals(429, get("things", "192.0.2.1", credential).getStatus());
  }

  @Test
  void twoFeaturesForOneClassStopTheStart() {
    assertFails("guard all classes", () -> start(named("a", null), named("b", null)));
    assertFails("Things", () -> start(named("a", Things.class), named("b", Things.class)));
  }

  @Test
  void featureThatTheRuntimeIgnoresStopsTheStart() {
    AccessTokensFeature things = named("things", Things.class);
    AccessTokensFeature others = named("others", Others.class);
    ResourceConfig application = application(Others.class).register(things).register(others);
    assertFails("guard class " + Others.class.getName(), () -> new ApplicationHandler(application));
    start(others); // so that later tests find no ignored feature
  }

  @Test
  void featureOfAnotherApplicationDoesNotStopTheStart() {
    AccessTokensFeature later = named("later", Others.class);
    List<String> warnings = warningsOfStart(named("all", null));
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.get(0).contains("Others.read()"), warnings::toString);
    assertEquals(401, get("others", null).getStatus());
    assertEquals(List.of(), warningsOfStart(later));
    assertEquals(401, get("others", null).getStatus());
    assertEquals(List.of(), warningsOfStart(named("all", null)));
    assertEquals(401, get("others", null).getStatus());
  }

  private List<String> warningsOfStart(AccessTokensFeature... features) {
    return warningsOf(() -> start(features));
  }

  private static List<String> warningsOf(Runnable start) {
    try (RecordedLog log = new RecordedLog(AccessTokensFeature.class.getPackageName())) {
      start.run();
      return log.lines().stream().filter(line -> line.startsWith("WARNING")).toList();
    }
  }

  /** Has a method that declares no access. */
  @Path("bare")
  public static class Bare {
    @GET
    public String read() {
      return "";
    }
  }

  @Test
  void undeclaredAccessIsDeniedWithAWarning() {
    List<String> warnings =
        warningsOf(
            () ->
                handler =
                    new ApplicationHandler(application(Bare.class).register(named("all", null))));
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.get(0).contains("Bare.read()"), warnings::toString);
    assertEquals(403, get("bare", null, "Bearer " + good.reveal()).getStatus());
  }

  @Test
  void featureThatIsNeverRegisteredKeepsNoClassLoader() throws Exception {
    WeakReference<ClassLoader> loader = featureOfAnotherLoader();
    await()
        .untilAsserted(
            () -> {
              System.gc();
              assertNull(loader.get(), "the class loader is still in memory");
            });
  }

  /** Creates a feature for a class of a new class loader, and returns the loader. */
  private WeakReference<ClassLoader> featureOfAnotherLoader() {
    ClassLoader loader =
        new ClassLoader(null) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            try (InputStream code =
                AccessTokensFeatureTest.class
                    .getClassLoader()
                    .getResourceAsStream(name.replace('.', '/') + ".class")) {
              byte[] bytes = Objects.requireNonNull(code).readAllBytes();
              return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
              throw new ClassNotFoundException(name, e);
            }
          }
        };
    try {
      named("unused", loader.loadClass(SharedThing.class.getName()));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
    return new WeakReference<>(loader);
  }

  @Test
  void scopeThatNoFeatureEnforcesStopsTheStart() {
    ResourceConfig application = application(Staged.class).register(named("things", Things.class));
    assertFails("guard class " + Staged.class.getName(), () -> new ApplicationHandler(application));
  }

  /** Declares no valid scope. */
  @Path("malformed")
  @RequiresScope("two scopes")
  public static class Malformed {
    @GET
    public String get() {
      return "";
    }
  }

  @Test
  void wrongDeclarationOfAClassThatNoFeatureNamesStopsTheStart() {
    Feature both = context -> configureAll(context, named("a", Things.class), named("b", null));
    ResourceConfig application = application(Malformed.class).register(both);
    assertFails("without spaces", () -> new ApplicationHandler(application));
  }

  private static void assertFails(String why, Executable start) {
    Throwable thrown = assertThrows(Throwable.class, start);
    StringBuilder messages = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      messages.append(t).append('\n');
    }
    assertTrue(messages.toString().contains("IllegalStateException"), messages::toString);
    assertTrue(messages.toString().contains(why), messages::toString);
  }

  @Test
  void otherSchemesAreIgnored() {
    for (String credential : List.of("Basic YTpi", "BearerX y", "Bear", "")) {
      ContainerResponse response = get("things", null, credential);
      assertEquals("Bearer realm=\"access-tokens\"", response.getHeaderString("WWW-Authenticate"));
    }
    assertEquals(List.of(), events);
  }

  private final class RecordingListener implements VerificationListener {
    @Override
    public void accepted(Verification.Accepted accepted, ClientInfo client) {
      events.add("accepted " + client.address());
    }

    @Override
    public void refused(Verification.Refused refused, ClientInfo client) {
      events.add(refused.reason() + " " + client.address());
    }

    @Override
    public void rateExceeded(Verification.Accepted accepted, ClientInfo client) {
      events.add("rate " + client.address());
    }
  }
}
