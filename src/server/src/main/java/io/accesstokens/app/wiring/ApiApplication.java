package io.accesstokens.app.wiring;

import io.accesstokens.http.AccessTokensRoutes;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import java.util.Set;

/** The Jakarta REST application below {@code /api}. */
@Dependent
public class ApiApplication extends Application {

  private final ApiComponents components;

  @Inject
  public ApiApplication(ApiComponents components) {
    this.components = components;
  }

  @Override
  @SuppressWarnings("deprecation") // The portable way to register instances without CDI.
  public Set<Object> getSingletons() {
    return components.singletons();
  }

  @Override
  public Map<String, Object> getProperties() {
    return AccessTokensRoutes.properties();
  }
}
