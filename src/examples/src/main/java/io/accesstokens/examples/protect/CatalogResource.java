package io.accesstokens.examples.protect;

import io.accesstokens.auth.RequiresScope;
import io.accesstokens.auth.enforcement.EnforcementMode;
import jakarta.annotation.security.PermitAll;
import jakarta.json.Json;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A resource of the catalog API. Annotations declare the scopes that each method requires. */
// region: declare
@Path("catalog")
@Produces(MediaType.APPLICATION_JSON)
@RequiresScope("catalog:read")
public class CatalogResource {

  private static final Map<String, String> ITEMS =
      new ConcurrentHashMap<>(Map.of("website", "The public web site"));

  /** Lists the items. Requires the scope that the class declares, {@code catalog:read}. */
  @GET
  public String list() {
    return Json.createArrayBuilder(ITEMS.keySet()).build().toString();
  }

  /** Removes an item. Requires two scopes. The default mode does not apply to this method. */
  @DELETE
  @Path("{name}")
  @RequiresScope(
      value = {"catalog:read", "catalog:write"},
      mode = EnforcementMode.ENFORCE)
  public void remove(@PathParam("name") String name) {
    if (ITEMS.remove(name) == null) {
      throw new NotFoundException();
    }
  }

  /** Returns the number of items. All callers may call this method, with or without a token. */
  @GET
  @Path("status")
  @PermitAll
  public String status() {
    return Json.createObjectBuilder().add("items", ITEMS.size()).build().toString();
  }

  // endregion

  /**
   * Adds or replaces an item. Requires the scope {@code catalog:write} instead of the scope of the
   * class.
   */
  @PUT
  @Path("{name}")
  @Consumes(MediaType.TEXT_PLAIN)
  @RequiresScope("catalog:write")
  public void put(@PathParam("name") String name, String description) {
    ITEMS.put(name, description);
  }

  // region: roles
  /** Returns an item. Each scope of the caller's token is a role of the caller. */
  @GET
  @Path("{name}")
  public String read(@PathParam("name") String name, @Context SecurityContext security) {
    String description = ITEMS.get(name);
    if (description == null) {
      throw new NotFoundException();
    }
    return Json.createObjectBuilder()
        .add("name", name)
        .add("description", description)
        .add("editable", security.isUserInRole("catalog:write"))
        .add("reader", security.getUserPrincipal().getName())
        .build()
        .toString();
  }
  // endregion

  // region: declare
}
// endregion
