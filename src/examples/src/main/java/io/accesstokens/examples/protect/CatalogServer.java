package io.accesstokens.examples.protect;

import jakarta.ws.rs.SeBootstrap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Runs the catalog API without a servlet container. Uses the Jakarta REST runtime that is on the
 * class path.
 *
 * <p>Environment variables:
 *
 * <ul>
 *   <li>{@code TOKENS_URL}: the URL of the access-tokens service, by default {@code
 *       http://127.0.0.1:8080}
 *   <li>{@code TOKENS_VERIFIER}: a raw token with the scope {@code access-tokens:introspect}
 *   <li>{@code CATALOG_MODE}: the enforcement mode of the methods, by default {@code monitor}
 *   <li>{@code CATALOG_ENFORCED}: the methods that are always enforced, by default none
 *   <li>{@code CATALOG_PORT}: the port of the server, by default 8081
 * </ul>
 */
public final class CatalogServer {

  private CatalogServer() {}

  /** Runs the server until the process ends. */
  public static void main(String[] args) throws InterruptedException {
    Map<String, String> environment = System.getenv();
    Map<String, Object> settings =
        Map.of(
            CatalogApplication.TOKENS,
                environment.getOrDefault("TOKENS_URL", "http://127.0.0.1:8080"),
            CatalogApplication.CREDENTIAL, environment.getOrDefault("TOKENS_VERIFIER", ""),
            CatalogSecurity.MODE, environment.getOrDefault("CATALOG_MODE", "monitor"),
            CatalogSecurity.ENFORCED, environment.getOrDefault("CATALOG_ENFORCED", ""));
    SeBootstrap.Instance server =
        SeBootstrap.start(
                new CatalogApplication(settings),
                SeBootstrap.Configuration.builder()
                    .host("127.0.0.1")
                    .port(Integer.parseInt(environment.getOrDefault("CATALOG_PORT", "8081")))
                    .build())
            .toCompletableFuture()
            .join();
    System.out.println("The catalog is at " + server.configuration().baseUri());
    // Some runtimes use threads that do not keep the process alive.
    new CountDownLatch(1).await();
  }
}
