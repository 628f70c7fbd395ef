package io.accesstokens.app.settings.storage;

import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.app.settings.storage.ClusterSettings.OnStoreOutage;
import io.accesstokens.app.settings.storage.ClusterSettings.Replicas;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Validates the settings of the storage and of its replicas. A rule that finds an error reports the
 * error and returns a harmless value.
 */
public final class StorageRules {

  /** Names of the settings for the database account, without the name of their section. */
  private static final List<String> ACCOUNT = List.of("user", "password", "passwordFile");

  private static final String CACHE_TTL = "service.cacheTtlSeconds";
  private static final String SERVE_CACHED = "cluster.serveCachedSeconds";

  private final DatabaseSettings database;
  private final ClusterSettings cluster;
  private final Sources sources;

  public StorageRules(DatabaseSettings database, ClusterSettings cluster, Sources sources) {
    this.database = database;
    this.cluster = cluster;
    this.sources = sources;
  }

  /**
   * Returns the storage of tokens.
   *
   * @param inMemory true if data is kept only in memory
   * @param dataDirectory the directory for the files of H2
   */
  public Storage storage(boolean inMemory, Path dataDirectory) {
    Optional<String> url = database.url();
    Optional<String> jndiName = database.jndiName();
    if (inMemory) {
      sources.checkExcludes("inMemory", "database.url");
      sources.checkExcludes("inMemory", "database.jndiName");
      checkExcludesAccount("inMemory");
      return new Storage.Memory();
    }
    if (url.isEmpty() && jndiName.isEmpty()) {
      // Without this error, a missing URL would silently move all tokens to an empty H2 database.
      sources.reportAllSetWithout("database", ACCOUNT, "url");
    }
    if (jndiName.isPresent()) {
      sources.checkExcludes("database.jndiName", "database.url");
      checkExcludesAccount("database.jndiName");
      return new Storage.ContainerDataSource(jndiName.get());
    }
    String complete;
    if (url.isPresent()) {
      Optional<String> errorMessage = JdbcUrls.errorMessage(url.get());
      errorMessage.ifPresent(text -> sources.reportError("database.url", text));
      complete = errorMessage.isPresent() ? JdbcUrls.h2Files(dataDirectory) : url.get();
      if (errorMessage.isEmpty()) {
        checkEncrypted(url.get());
      }
    } else {
      if (dataDirectory.toString().contains(";")) {
        sources.reportError(
            "dataDir", "must not contain a semicolon, because H2 does not support it");
      }
      complete = JdbcUrls.h2Files(dataDirectory);
    }
    return new Storage.Jdbc(
        JdbcUrls.complete(complete),
        database.user().orElse(null),
        database.password().orElse(null),
        database.maximumPoolSize());
  }

  private void checkExcludesAccount(String setting) {
    for (String name : ACCOUNT) {
      sources.checkExcludes(setting, "database." + name);
    }
  }

  private void checkEncrypted(String url) {
    if (database.allowPlaintext() || !JdbcUrls.isPlaintext(url)) {
      return;
    }
    sources.reportError(
        "database.url",
        "reaches another machine without verified TLS: "
            + tlsParameters(url)
            + "set accessTokens.database.allowPlaintext: true if that network is trusted");
  }

  private static String tlsParameters(String url) {
    if (JdbcUrls.isH2(url)) {
      return "";
    }
    return JdbcUrls.isPostgres(url)
        ? "add sslmode=verify-full (and sslrootcert=/path/ca.pem, or"
            + " sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory for the authorities of the"
            + " JVM), or "
        : "add sslMode=verify-full (and serverSslCert=/path/ca.pem if the JVM does not trust the"
            + " authority), or ";
  }

  /**
   * Reports an error if cached verdicts are served during an outage for a longer time than the
   * cache keeps them. After the cache has lost its verdicts, the server would still count as ready,
   * but would accept no token.
   *
   * @param cached the time in seconds for which the cache keeps a verdict
   */
  public void checkOutage(int cached) {
    int served = cluster.serveCachedSeconds();
    if (cluster.onStoreOutage() != OnStoreOutage.SERVE_CACHED
        || served <= cached
        || !sources.isClean(CACHE_TTL)
        || !sources.isClean(SERVE_CACHED)) {
      return;
    }
    if (sources.isConfigured(SERVE_CACHED)) {
      sources.reportError(
          SERVE_CACHED,
          "must be at most "
              + cached
              + ", the value of accessTokens."
              + CACHE_TTL
              + ": raise that value to at least "
              + served
              + ", or lower this one in all processes");
    } else {
      sources.reportError(
          CACHE_TTL, "must be at least " + served + ", the value of accessTokens." + SERVE_CACHED);
    }
  }

  /** Returns the number of processes that serve the storage at the same time. */
  public Replicas replicas(Storage storage) {
    boolean alone =
        storage instanceof Storage.Memory
            || (storage instanceof Storage.Jdbc jdbc && jdbc.isEmbedded());
    boolean h2 = storage instanceof Storage.Jdbc jdbc && JdbcUrls.isH2(jdbc.url());
    Replicas replicas = cluster.replicas().orElse(alone || h2 ? Replicas.SINGLE : Replicas.MANY);
    if (alone && replicas == Replicas.MANY) {
      sources.reportError(
          "cluster.replicas",
          "must be single, because the database is in memory or an H2 file; many needs a database"
              + " server");
    }
    return replicas;
  }
}
