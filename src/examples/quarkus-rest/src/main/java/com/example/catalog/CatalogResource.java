package com.example.catalog;

// region: resource
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;

@Path("/catalog")
public class CatalogResource {

  @GET
  @Produces(MediaType.TEXT_PLAIN)
  @RolesAllowed("catalog:read")
  public String caller(@Context SecurityContext security) {
    return security.getUserPrincipal().getName();
  }

  @PUT
  @Path("{name}")
  @RolesAllowed("catalog:write")
  public void put(@PathParam("name") String name, String description) {
    // Stores the item.
  }

  @GET
  @Path("title")
  @Produces(MediaType.TEXT_PLAIN)
  @PermitAll
  public String title() {
    return "Catalog";
  }
}
// endregion
