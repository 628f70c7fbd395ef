package io.accesstokens.app.settings.storage;

import io.accesstokens.app.settings.source.Secret;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The storage of tokens, derived from {@code database}, {@code dataDir} and {@code inMemory}. */
public sealed interface Storage {

  /** Storage in the memory of the process. */
  record Memory() implements Storage {}

  /**
   * Storage in a database with a JDBC URL.
   *
   * @param url the complete URL, which contains no password
   * @param userOrNull the database user, or null if not configured
   * @param passwordOrNull the password, or null if not configured
   * @param maximumPoolSize the maximum number of open connections
   */
  record Jdbc(
      String url, @Nullable String userOrNull, @Nullable Secret passwordOrNull, int maximumPoolSize)
      implements Storage {

    /** Returns the name of the database user; empty if not configured. */
    public Optional<String> user() {
      return Optional.ofNullable(userOrNull);
    }

    /** Returns the password of the database user; empty if not configured. */
    public Optional<Secret> password() {
      return Optional.ofNullable(passwordOrNull);
    }

    /**
     * Returns true if the database is H2 in this process. No other process can open an embedded
     * database.
     */
    public boolean isEmbedded() {
      return JdbcUrls.isEmbeddedH2(url);
    }

    /** Returns true if the database is H2 in the memory of this process. */
    public boolean isInMemory() {
      return url.startsWith(JdbcUrls.H2_MEMORY);
    }

    /**
     * Returns the file of an embedded database; empty if the database is in memory, on a server, or
     * in one of H2's own file systems.
     */
    public Optional<Path> file() {
      return JdbcUrls.h2File(url);
    }

    /** Returns the URL without its parameters. */
    @Override
    public String toString() {
      return JdbcUrls.withoutParameters(url);
    }
  }

  /**
   * Storage in the database of a container's {@code DataSource}.
   *
   * @param jndiName the JNDI name of the {@code DataSource}, for example {@code
   *     java:comp/env/jdbc/access-tokens}
   */
  record ContainerDataSource(String jndiName) implements Storage {}
}
