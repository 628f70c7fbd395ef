package io.accesstokens.examples.protect;

import io.accesstokens.auth.RemoteTokenVerifier;
import io.accesstokens.auth.VerifierCredential;
import jakarta.ws.rs.core.Application;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The API, for any Jakarta REST runtime. */
// region: application
public class CatalogApplication extends Application implements AutoCloseable {

  /** Where the access-tokens service is, {@code https://tokens.example.com}. */
  public static final String TOKENS = "catalog.tokens";

  /** The raw token of this application itself, with the scope {@code access-tokens:introspect}. */
  public static final String VERIFIER = "catalog.verifier";

  private final Map<String, Object> settings;
  private final RemoteTokenVerifier check;

  /**
   * @param settings by the names here and in {@link CatalogSecurity}
   */
  public CatalogApplication(Map<String, Object> settings) {
    URI tokens = URI.create(String.valueOf(settings.get(TOKENS)));
    String verifier = String.valueOf(settings.get(VERIFIER));
    this.check =
        RemoteTokenVerifier.builder(tokens, () -> VerifierCredential.token(verifier)).build();
    this.settings = new HashMap<>(settings);
    this.settings.remove(VERIFIER);
    this.settings.put(CatalogSecurity.CHECK, check);
  }

  @Override
  public Set<Class<?>> getClasses() {
    return Set.of(Catalog.class, CatalogSecurity.class);
  }

  @Override
  public Map<String, Object> getProperties() {
    return settings;
  }

  /** Call it when the application ends, from a {@code ServletContextListener} for instance. */
  @Override
  public void close() {
    check.close();
  }
}
// endregion
