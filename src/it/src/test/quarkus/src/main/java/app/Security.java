package app;

import io.accesstokens.auth.AccessTokensFeature;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;

/** Registers the feature in a feature, as applications on other runtimes do. */
@Provider
public class Security implements Feature {

  @Override
  public boolean configure(FeatureContext context) {
    context.register(
        new AccessTokensFeature(
            token -> {
              throw new IllegalStateException("not reached");
            }));
    return true;
  }
}
