package io.accesstokens.examples.embed;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;

/** The shop's own resources, which do not use access-tokens. */
@Path("orders")
public class Orders {

  /** Returns an HTML page with the orders of the caller. */
  @GET
  @Produces(MediaType.TEXT_HTML)
  public String page(@Context SecurityContext security) {
    Principal caller = security.getUserPrincipal();
    return "<h1>Orders of " + (caller == null ? "anonymous" : caller.getName()) + "</h1>";
  }

  /** Returns an order. In this example, the response is always 404, because there are no orders. */
  @GET
  @Path("{id}")
  @Produces(MediaType.TEXT_PLAIN)
  public String order(@PathParam("id") String id) {
    throw new NotFoundException();
  }
}
