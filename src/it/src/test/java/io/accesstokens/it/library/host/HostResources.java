package io.accesstokens.it.library.host;

import io.accesstokens.auth.RequiresScope;
import io.accesstokens.auth.Stage;
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

  /** Declares in every place there is. */
  @Path("things")
  @RequiresScope("things:read")
  public static class Things implements Shared<String> {

    /** By the class. */
    @GET
    public String list(@Context SecurityContext security) {
      return security.getUserPrincipal().getName() + ' ' + security.isUserInRole("things:write");
    }

    /** Two scopes, and a stage of its own. */
    @POST
    @RequiresScope(
        value = {"things:read", "things:write"},
        stage = Stage.ENFORCE)
    public String make() {
      return "made";
    }

    /** Fails after it was let in. */
    @GET
    @Path("broken")
    @RequiresScope("things:write")
    public String broken() {
      throw new WebApplicationException(Response.status(418).entity("tea").build());
    }

    /** Has a HEAD method of its own. */
    @HEAD
    @Path("head")
    @RequiresScope("things:write")
    public Response head() {
      return Response.noContent().header("X-Head", "own").build();
    }

    /** Answers later, from another thread. */
    @GET
    @Path("suspended")
    @RequiresScope("things:write")
    public void suspended(@Suspended AsyncResponse later) {
      new Thread(() -> later.resume("later")).start();
    }

    /** Answers later, from another thread. */
    @GET
    @Path("stage")
    @RequiresScope("things:write")
    public CompletionStage<String> stage() {
      return CompletableFuture.supplyAsync(() -> "later");
    }

    /** What the interface declares. */
    @Override
    public String shared(String id) {
      return id;
    }

    /** A sub-resource, which declares for itself. */
    @Path("{id: [0-9]+}/parts")
    public Parts parts() {
      return new Parts();
    }

    /** Roles, of which one is enough. */
    @GET
    @Path("roles")
    @RolesAllowed({"things:admin", "things:write"})
    public String roles() {
      return "role";
    }

    /** Anybody who is known. */
    @GET
    @Path("anyone")
    @RolesAllowed("**")
    public String anyone() {
      return "anyone";
    }

    /** Nobody. */
    @GET
    @Path("nobody")
    @DenyAll
    public String nobody() {
      return "";
    }

    /** Everybody. */
    @GET
    @Path("open")
    @PermitAll
    public String open(@Context SecurityContext security) {
      Principal caller = security.getUserPrincipal();
      return caller == null ? "nobody" : caller.getName();
    }
  }

  /** Declares a path and a scope for whoever implements it. */
  public interface Shared<T> {

    /** A parameter of a generic type. */
    @GET
    @Path("shared/{id}")
    @RequiresScope("things:share")
    String shared(@PathParam("id") T id);
  }

  /** A sub-resource. */
  @RequiresScope("parts:read")
  public static class Parts {

    /** By the class. */
    @GET
    public String list() {
      return "parts";
    }

    /** Open to all. */
    @GET
    @Path("open")
    @PermitAll
    public String open() {
      return "open";
    }

    /** Undeclared for nobody: the class declares. */
    @GET
    @Path("{name}")
    public String read(@PathParam("name") String name) {
      return name;
    }
  }

  /** A locator that seems to be guarded, in a class that has nothing else. */
  @Path("trap")
  public static class Trap {

    /** Holds nobody, so it must not be served. */
    @Path("parts")
    @RequiresScope("trap:enter")
    public Parts parts() {
      return new Parts();
    }
  }

  /** Declares nothing. */
  @Path("forgotten")
  public static class Forgotten {

    /** Open to whom? */
    @GET
    public String forgotten() {
      return "forgotten";
    }
  }

  /** A scope that would break a header. */
  @Path("malformed")
  @RequiresScope("things:read\", error=\"none")
  public static class Malformed {

    /** Never served. */
    @GET
    public String malformed() {
      return "";
    }
  }

  /**
   * The application's own way to sign in: {@code Bearer session-<name>}, of whom it knows roles.
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
