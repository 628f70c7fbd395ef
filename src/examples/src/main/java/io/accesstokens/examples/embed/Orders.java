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

/** Routes of the shop's own, which go on as if nothing had been embedded. */
@Path("orders")
public class Orders {

  /** A page. */
  @GET
  @Produces(MediaType.TEXT_HTML)
  public String page(@Context SecurityContext security) {
    Principal caller = security.getUserPrincipal();
    return "<h1>Orders of " + (caller == null ? "nobody" : caller.getName()) + "</h1>";
  }

  /** An order; there are none. */
  @GET
  @Path("{id}")
  @Produces(MediaType.TEXT_PLAIN)
  public String order(@PathParam("id") String id) {
    throw new NotFoundException();
  }
}
