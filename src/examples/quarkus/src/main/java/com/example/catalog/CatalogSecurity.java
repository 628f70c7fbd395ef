package com.example.catalog;

// region: security
import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;
import org.eclipse.microprofile.config.inject.ConfigProperty;

@Provider
public class CatalogSecurity implements Feature {

  @Inject RemoteTokenVerifier verifier;

  @Override
  public boolean configure(FeatureContext context) {
    context.register(new AccessTokensFeature(verifier));
    return true;
  }

  @Singleton
  static class Verifier {

    @Produces
    @Singleton
    RemoteTokenVerifier verifier(
        @ConfigProperty(name = "tokens.url") URI url,
        @ConfigProperty(name = "tokens.token") String token) {
      VerifierCredential credential = VerifierCredential.token(token);
      return RemoteTokenVerifier.builder(url, () -> credential).build();
    }

    void close(@Disposes RemoteTokenVerifier verifier) {
      verifier.close();
    }
  }
}
// endregion
