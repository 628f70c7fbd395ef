package io.accesstokens.examples.protect;

import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import jakarta.ws.rs.core.Application;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The application of the catalog API, for any Jakarta REST runtime. */
// region: application
public class CatalogApplication extends Application implements AutoCloseable {

  /** The URL of the access-tokens service, for example {@code https://tokens.example.com}. */
  public static final String TOKENS = "catalog.tokens";

  /** The raw token of this application, with the scope {@code access-tokens:introspect}. */
  public static final String CREDENTIAL = "catalog.credential";

  private final Map<String, Object> settings;
  private final RemoteTokenVerifier verifier;

  /**
   * Creates the application from its settings.
   *
   * @param settings the values for the names defined here and in {@link CatalogSecurity}
   */
  public CatalogApplication(Map<String, Object> settings) {
    URI tokens = URI.create(String.valueOf(settings.get(TOKENS)));
    VerifierCredential credential =
        VerifierCredential.token(String.valueOf(settings.get(CREDENTIAL)));
    this.verifier = RemoteTokenVerifier.builder(tokens, () -> credential).build();
    this.settings = new HashMap<>(settings);
    this.settings.remove(CREDENTIAL);
    this.settings.put(CatalogSecurity.TOKEN_VERIFIER, verifier);
  }

  @Override
  public Set<Class<?>> getClasses() {
    return Set.of(CatalogResource.class, CatalogSecurity.class);
  }

  @Override
  public Map<String, Object> getProperties() {
    return settings;
  }

  /** Stops the verifier. A {@code ServletContextListener} can call this method at the end. */
  @Override
  public void close() {
    verifier.close();
  }
}
// endregion
