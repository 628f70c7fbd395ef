package io.accesstokens.app.settings;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where tokens are stored, decided from {@code database}, {@code dataDir} and {@code inMemory}. */
public sealed interface Storage {

  /** In the process's memory. */
  record Memory() implements Storage {}

  /**
   * In a database that is reached by JDBC.
   *
   * @param url complete; holds no password
   * @param givenUser null if none was given
   * @param givenPassword null if none was given
   * @param maximumPoolSize how many connections are open at most
   */
  record Jdbc(
      String url, @Nullable String givenUser, @Nullable Secret givenPassword, int maximumPoolSize)
      implements Storage {

    /** Name of the database's user, if given. */
    public Optional<String> user() {
      return Optional.ofNullable(givenUser);
    }

    /** Password of the database's user, if given. */
    public Optional<Secret> password() {
      return Optional.ofNullable(givenPassword);
    }

    /** Whether it is H2 in this process, on files or in memory, that nobody else can open. */
    public boolean isEmbedded() {
      return JdbcUrls.isEmbeddedH2(url);
    }

    /** Returns the file of an embedded database; empty if it is in memory or on a server. */
    public Optional<Path> file() {
      return JdbcUrls.h2File(url);
    }

    /** The URL without its parameters, for messages. */
    @Override
    public String toString() {
      return JdbcUrls.withoutParameters(url);
    }
  }

  /**
   * In a DataSource of the container.
   *
   * @param jndiName for example {@code java:comp/env/jdbc/access-tokens}
   */
  record ContainerDataSource(String jndiName) implements Storage {}
}
