package com.example.catalog;

// region: application
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import io.micronaut.runtime.Micronaut;
import java.net.URI;

@Factory
public class CatalogApplication {

  public static void main(String[] arguments) {
    Micronaut.run(CatalogApplication.class, arguments);
  }

  @Context
  @Bean(preDestroy = "close")
  RemoteTokenVerifier verifier(
      @Value("${tokens.url}") URI url, @Value("${tokens.token}") String token) {
    VerifierCredential credential = VerifierCredential.token(token);
    return RemoteTokenVerifier.builder(url, () -> credential).build();
  }
}
// endregion
