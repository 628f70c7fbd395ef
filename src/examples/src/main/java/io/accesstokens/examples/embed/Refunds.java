package io.accesstokens.examples.embed;

import io.accesstokens.auth.RequiresScope;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;

/** A resource of the shop for scripts, which need a token with the right scope. */
// region: own-resource
@Path("refunds")
@RequiresScope("orders:refund")
public class Refunds {

  /** Returns the refunds that the caller can make. */
  @GET
  @Produces(MediaType.TEXT_PLAIN)
  public String list(@Context SecurityContext security) {
    return "Refunds for " + security.getUserPrincipal().getName();
  }
}
// endregion
