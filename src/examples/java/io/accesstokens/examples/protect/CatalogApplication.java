package io.accesstokens.examples.protect;

import jakarta.ws.rs.core.Application;
import java.util.Map;
import java.util.Set;

/** The API, for any Jakarta REST runtime. */
// region: application
public class CatalogApplication extends Application {

  private final Map<String, Object> settings;

  /**
   * @param settings by the names that {@link CatalogSecurity} reads
   */
  public CatalogApplication(Map<String, Object> settings) {
    this.settings = settings;
  }

  @Override
  public Set<Class<?>> getClasses() {
    return Set.of(Catalog.class, CatalogSecurity.class);
  }

  @Override
  public Map<String, Object> getProperties() {
    return settings;
  }
}
// endregion
