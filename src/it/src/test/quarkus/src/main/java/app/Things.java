package app;

import io.accesstokens.auth.RequiresScope;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

/** A resource that must not be served without a token. */
@Path("things")
public class Things {

  @GET
  @RequiresScope("things:read")
  public String read() {
    return "things";
  }
}
