package com.example.catalog;

// region: server
import com.sun.net.httpserver.HttpServer;
import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import java.net.URI;
import org.glassfish.jersey.jdkhttp.JdkHttpServerFactory;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;

public final class CatalogServer {

  private CatalogServer() {}

  public static void main(String[] arguments) {
    URI url = URI.create(required("TOKENS_URL"));
    VerifierCredential credential = VerifierCredential.token(required("TOKENS_TOKEN"));
    RemoteTokenVerifier verifier = RemoteTokenVerifier.builder(url, () -> credential).build();
    AccessTokensFeature feature = new AccessTokensFeature(verifier);
    ResourceConfig application =
        new ResourceConfig(CatalogResource.class)
            .register(feature)
            .property(ServerProperties.WADL_FEATURE_DISABLE, true);
    HttpServer server =
        JdkHttpServerFactory.createHttpServer(
            URI.create("http://127.0.0.1:" + arguments[0] + "/"), application);
    feature.requireGuarded(CatalogResource.class);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.stop(1);
                  verifier.close();
                }));
  }

  private static String required(String variable) {
    String value = System.getenv(variable);
    if (value == null || value.isBlank()) {
      System.err.println("The environment variable " + variable + " is not set.");
      System.exit(1);
    }
    return value;
  }
}
// endregion
