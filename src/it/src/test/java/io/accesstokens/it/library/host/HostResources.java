package io.accesstokens.it.library.host;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.RequiresScope;
import io.accesstokens.auth.enforcement.EnforcementMode;
import jakarta.annotation.Priority;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Resources of a host application. */
public final class HostResources {

  private HostResources() {}

  /** Declares access on the class, on methods, and in an interface. */
  @Path("things")
  @RequiresScope("things:read")
  public static class Things implements Shared<String> {

    /** Inherits the declaration of the class. */
    @GET
    public String list(@Context SecurityContext security) {
      return security.getUserPrincipal().getName() + ' ' + security.isUserInRole("things:write");
    }

    /** Declares two scopes and its own enforcement mode. */
    @POST
    @RequiresScope(
        value = {"things:read", "things:write"},
        mode = EnforcementMode.ENFORCE)
    public String make() {
      return "made";
    }

    /** Fails after access is granted. */
    @GET
    @Path("broken")
    @RequiresScope("things:write")
    public String broken() {
      throw new WebApplicationException(Response.status(418).entity("tea").build());
    }

    /** Declares an explicit HEAD method. */
    @HEAD
    @Path("head")
    @RequiresScope("things:write")
    public Response head() {
      return Response.noContent().header("X-Head", "own").build();
    }

    /** Responds later from another thread. */
    @GET
    @Path("suspended")
    @RequiresScope("things:write")
    public void suspended(@Suspended AsyncResponse later) {
      new Thread(() -> later.resume("later")).start();
    }

    /** Responds later from another thread. */
    @GET
    @Path("mode")
    @RequiresScope("things:write")
    public CompletionStage<String> mode() {
      return CompletableFuture.supplyAsync(() -> "later");
    }

    /** Inherits the declaration of the interface. */
    @Override
    public String shared(String id) {
      return id;
    }

    /** Returns a sub-resource with its own declaration. */
    @Path("{id: [0-9]+}/parts")
    public Parts parts() {
      return new Parts();
    }

    /** Requires one of two roles. */
    @GET
    @Path("roles")
    @RolesAllowed({"things:admin", "things:write"})
    public String roles() {
      return "role";
    }

    /** Permits each authenticated caller. */
    @GET
    @Path("anyone")
    @RolesAllowed("**")
    public String anyone() {
      return "anyone";
    }

    /** Permits no caller. */
    @GET
    @Path("denied")
    @DenyAll
    public String denied() {
      return "";
    }

    /** Permits all callers. */
    @GET
    @Path("open")
    @PermitAll
    public String open(@Context SecurityContext security) {
      Principal caller = security.getUserPrincipal();
      return caller == null ? "anonymous" : caller.getName();
    }
  }

  /** Declares a path and a scope for its implementations. */
  public interface Shared<T> {

    /** Has a parameter of a generic type. */
    @GET
    @Path("shared/{id}")
    @RequiresScope("things:share")
    String shared(@PathParam("id") T id);
  }

  /** A sub-resource. */
  @RequiresScope("parts:read")
  public static class Parts {

    /** Inherits the declaration of the class. */
    @GET
    public String list() {
      return "parts";
    }

    /** Permits all callers. */
    @GET
    @Path("open")
    @PermitAll
    public String open() {
      return "open";
    }

    /** Inherits the declaration of the class. */
    @GET
    @Path("{name}")
    public String read(@PathParam("name") String name) {
      return name;
    }
  }

  /** Sub-resource locators that appear guarded, in a class without other methods. */
  @Path("trap")
  public static class Trap {

    /** The annotation has no effect on a locator, so the locator must not be served. */
    @Path("parts")
    @RequiresScope("trap:enter")
    public Parts parts() {
      return new Parts();
    }

    /** Returns a resource that also has its own path. */
    @Path("marked")
    @RequiresScope("trap:enter")
    public Marked marked() {
      return new Marked();
    }
  }

  /** A sub-resource whose path has no effect. */
  @Path("marked")
  @RequiresScope("parts:read")
  public static class Marked {

    /** Inherits the declaration of the class. */
    @GET
    public String get() {
      return "marked";
    }
  }

  /** Has sub-resources that no feature names. */
  @Path("branches")
  @RequiresScope("things:read")
  public static class Branches {

    /** Has a method, so that a runtime reports the class. */
    @GET
    public String list() {
      return "branches";
    }

    @Path("object")
    public Object object() {
      return new Branch();
    }

    @Path("class")
    public Class<Branch> type() {
      return Branch.class;
    }
  }

  /** A root resource with sub-resources that no feature guards. */
  @Path("free")
  public static class Free {

    /** Is open, because no feature guards it. */
    @GET
    public String get() {
      return "free";
    }

    /** Returns a sub-resource that a guarded class also returns. */
    @Path("object")
    public Branch object() {
      return new Branch();
    }
  }

  /** A sub-resource that contains itself. */
  public static class Branch {

    /** Declares nothing. */
    @GET
    public String get() {
      return "branch";
    }

    /** Declares a role. */
    @GET
    @Path("role")
    @RolesAllowed("things:read")
    public String role() {
      return "role";
    }

    /** Denies all callers. */
    @GET
    @Path("denied")
    @DenyAll
    public String denied() {
      return "denied";
    }

    /** Permits all callers. */
    @GET
    @Path("open")
    @PermitAll
    public String open() {
      return "open";
    }

    /** Returns the next level. */
    @Path("next")
    public Branch next() {
      return new Branch();
    }
  }

  /** Declares no access. */
  @Path("forgotten")
  public static class Forgotten {

    /** Has no declaration. */
    @GET
    public String forgotten() {
      return "forgotten";
    }
  }

  /** Declares a scope that would corrupt a header. */
  @Path("malformed")
  @RequiresScope("things:read\", error=\"none")
  public static class Malformed {

    /** Is never served. */
    @GET
    public String malformed() {
      return "";
    }
  }

  /**
   * Authenticates the application's own sessions: {@code Bearer session-<name>}. The roles of such
   * a session are known.
   */
  @Priority(Priorities.AUTHENTICATION)
  public static final class Sessions implements ContainerRequestFilter {

    private static final String SESSION = "Bearer session-";

    @Override
    public void filter(ContainerRequestContext request) {
      String credential = request.getHeaderString("Authorization");
      if (credential != null && credential.startsWith(SESSION)) {
        request.setSecurityContext(new Session(credential.substring(SESSION.length())));
      }
    }
  }

  /** Sets the client's address that a test sends in the header {@value #HEADER}. */
  @Priority(Priorities.AUTHENTICATION - 1)
  public static final class ClientAddresses implements ContainerRequestFilter {

    private static final String HEADER = "Test-Client-Address";

    @Override
    public void filter(ContainerRequestContext request) {
      String address = request.getHeaderString(HEADER);
      if (address != null) {
        request.setProperty(AccessTokensFeature.CLIENT_ADDRESS, address);
      }
    }
  }

  private record Session(String name) implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
      return () -> name;
    }

    @Override
    public boolean isUserInRole(String role) {
      return role.equals("things:read");
    }

    @Override
    public boolean isSecure() {
      return false;
    }

    @Override
    public String getAuthenticationScheme() {
      return "SESSION";
    }
  }
}
