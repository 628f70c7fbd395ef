package com.example.catalog;

// region: controller
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.Put;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.rules.SecurityRule;

@Controller("/catalog")
@Consumes(MediaType.ALL)
@Produces(MediaType.TEXT_PLAIN)
public class CatalogController {

  @Get
  @Secured("catalog:read")
  public String caller(Authentication caller) {
    return caller.getName();
  }

  @Put("/{name}")
  @Secured("catalog:write")
  public void put(String name, @Body String description) {
    // Stores the item.
  }

  @Get("/title")
  @Secured(SecurityRule.IS_ANONYMOUS)
  public String title() {
    return "Catalog";
  }
}
// endregion
