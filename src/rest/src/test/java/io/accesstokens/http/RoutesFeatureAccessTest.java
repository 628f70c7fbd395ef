package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.MissingPermissionException;
import io.accesstokens.auth.RequiresScope;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import jakarta.annotation.Priority;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.filter.RolesAllowedDynamicFeature;
import org.junit.jupiter.api.Test;

class RoutesFeatureAccessTest {

  /** A resource that declares no access rule. */
  @Path("undeclared")
  public static class Undeclared {
    @GET
    public String forgotten() {
      return "";
    }
  }

  /** A resource that declares two access rules on one method. */
  @Path("twice")
  public static class Twice {
    @GET
    @PermitAll
    @DenyAll
    public String both() {
      return "";
    }
  }

  /** A resource that declares access rules on the class, on an interface and on a method. */
  @Path("declared")
  @DenyAll
  public static class Declared implements Inherited {
    @GET
    public String closed() {
      return "";
    }

    @GET
    @Path("open")
    @PermitAll
    public String open() {
      return "open";
    }

    @Override
    @RolesAllowed({"one", "access-tokens:service:read"})
    public String inherited() {
      return "either";
    }
  }

  /** An interface with the HTTP method annotation that the implementation inherits. */
  public interface Inherited {
    @GET
    @Path("inherited")
    String inherited();
  }

  private static String startFailure(Class<?> resource) {
    RuntimeException thrown =
        assertThrows(RuntimeException.class, () -> new ApiFixture(List.of(resource)));
    StringBuilder messages = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      messages.append(t.getMessage()).append('\n');
    }
    return messages.toString();
  }

  @Test
  void undeclaredMethodStopsTheStartAndIsNamed() {
    String undeclared = startFailure(Undeclared.class);
    assertTrue(undeclared.contains("Undeclared.forgotten"), undeclared);
    String twice = startFailure(Twice.class);
    assertTrue(twice.contains("Twice.both"), twice);
  }

  @Test
  void declarationOnTheMethodWins() {
    ApiFixture api = new ApiFixture(List.of(Declared.class));
    assertEquals("open", api.anonymous().get("declared/open").expect(200).text());
    api.anonymous().get("declared").expect(401);
    api.as("alice").get("declared").expect(403);
    api.anonymous().get("declared/inherited").expect(401);
    api.as("dave").get("declared/inherited").expect(403);
    api.as("bob").get("declared/inherited").expect(200);
    api.anonymous().send("POST", "declared/open", null).expect(405);
  }

  /** A resource of a host application. */
  @Path("host")
  @RequiresScope("host:write")
  public static class Host {
    @GET
    public String get() {
      return "";
    }
  }

  /** Writes the body of each error of a host application. */
  public static class HostErrors implements ExceptionMapper<WebApplicationException> {
    @Override
    public Response toResponse(WebApplicationException thrown) {
      return Response.fromResponse(thrown.getResponse()).entity("host").type("text/plain").build();
    }
  }

  /** Responds to denied callers of a host application. */
  public static class HostDenials implements ExceptionMapper<MissingPermissionException> {
    @Override
    public Response toResponse(MissingPermissionException thrown) {
      return Response.status(403).entity("host").type("text/plain").build();
    }
  }

  /** Redirects anonymous callers of a host application. */
  public static class HostSignIn implements ExceptionMapper<NotAuthorizedException> {
    @Override
    public Response toResponse(NotAuthorizedException thrown) {
      return Response.seeOther(URI.create("sign-in")).build();
    }
  }

  @Test
  void mappersOfAHostApplicationHandleOnlyItsOwnErrors() throws Exception {
    String read = "/access-tokens/service";
    ApplicationHandler errors = host(HostErrors.class);
    assertEquals("403 text/plain host", get(errors, "/host", true));
    String denied = get(errors, read, true);
    assertTrue(denied.startsWith("403 application/problem+json"), denied);
    assertTrue(denied.contains("the permission access-tokens:service:read is required"), denied);

    ApplicationHandler denials = host(HostDenials.class);
    assertEquals("403 text/plain host", get(denials, "/host", true));
    assertEquals(denied, get(denials, read, true));

    ApplicationHandler signIn = host(HostSignIn.class);
    assertEquals("303 null ", get(signIn, "/host", false));
    String anonymous = get(signIn, read, false);
    assertTrue(anonymous.startsWith("401 application/problem+json"), anonymous);
  }

  @Test
  void roleFilterOfAHostApplicationPassesTheCallersOfThisApi() throws Exception {
    ApplicationHandler host = host(RolesAllowedDynamicFeature.class);
    String caller = get(host, "/access-tokens/whoami", true);
    assertTrue(caller.startsWith("200 application/json"), caller);
    assertEquals("204 null ", get(host, "/access-tokens/verify", true));
    String anonymous = get(host, "/access-tokens/whoami", false);
    assertTrue(anonymous.startsWith("401 application/problem+json"), anonymous);
  }

  /** A request of a user with the given name, who was authenticated by the host application. */
  record SignedIn(String name) implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
      return () -> name;
    }

    @Override
    public boolean isUserInRole(String role) {
      return false;
    }

    @Override
    public boolean isSecure() {
      return true;
    }

    @Override
    public String getAuthenticationScheme() {
      return FORM_AUTH;
    }
  }

  /** Authenticates each caller of a host application as {@code staff-dave}. */
  @Priority(Priorities.AUTHENTICATION)
  public static class StaffSignIn implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      request.setSecurityContext(new SignedIn("staff-dave"));
    }
  }

  /** Signs in each request as a principal that the user mapper does not know. */
  public static class VisitorSignIn implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      request.setSecurityContext(new SignedIn("visitor"));
    }
  }

  @Test
  void userMapperConvertsThePrincipalsOfAHostApplication() throws Exception {
    String caller = get(host(StaffSignIn.class), "/access-tokens/whoami", false);
    assertTrue(caller.contains("\"user:default/dave\""), caller);
    String unknown = get(host(VisitorSignIn.class), "/access-tokens/whoami", false);
    assertTrue(unknown.startsWith("401 "), unknown);
  }

  private static Optional<EntityRef> user(Principal caller) {
    String name = caller.getName();
    return name.startsWith("staff-")
        ? EntityRef.parseUser(name.substring("staff-".length()))
        : Optional.empty();
  }

  private static ApplicationHandler host(Class<?> component) {
    TokenVerifier verifier =
        token ->
            new Verification.Accepted(
                new UUID(0, 7),
                "service-token:group:default/platform:n",
                new EntityRef("group", "default", "platform"),
                List.of("host:read"),
                Instant.parse("2037-01-01T00:00:00Z"));
    ServiceTokenService service =
        ServiceTokenService.on(new ListTokenStore(), new NoGroups()).build();
    ResourceConfig application = new ResourceConfig(Host.class, component);
    AccessTokensRoutes.classes().forEach(application::register);
    return new ApplicationHandler(
        application
            .addProperties(AccessTokensRoutes.properties())
            .property("jersey.config.server.wadl.disableWadl", true)
            .register(
                AccessTokensRoutes.feature(service)
                    .verifier(verifier)
                    .userMapper(RoutesFeatureAccessTest::user))
            .register(
                AccessTokensFeature.builder(verifier)
                    .withoutBodies()
                    .onlyOn(Set.of(Host.class))
                    .build()));
  }

  /** Returns the status, the media type and the body of a response. */
  private static String get(ApplicationHandler application, String path, boolean token)
      throws Exception {
    URI base = URI.create("http://host.example/");
    ContainerRequest request =
        new ContainerRequest(
            base,
            base.resolve(path),
            "GET",
            null,
            new MapPropertiesDelegate(),
            application.getConfiguration());
    if (token) {
      request.header(
          "Authorization",
          "Bearer "
              + RawTokenFormat.DEFAULT
                  .create(RawToken.Kind.SERVICE, new SplittableRandom(1))
                  .reveal());
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ContainerResponse response = application.apply(request, body).get();
    return response.getStatus()
        + " "
        + response.getMediaType()
        + " "
        + body.toString(StandardCharsets.UTF_8);
  }

  private static final class NoGroups implements GroupDirectory {
    @Override
    public boolean exists(EntityRef ref) {
      return false;
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      return Set.of();
    }
  }
}
