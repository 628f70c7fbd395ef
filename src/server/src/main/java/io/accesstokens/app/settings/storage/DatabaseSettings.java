package io.accesstokens.app.settings.storage;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import java.util.Optional;

/** The settings of the database. */
public interface DatabaseSettings {

  /**
   * Returns the JDBC URL, which starts with {@code jdbc:mariadb:}, {@code jdbc:postgresql:} or
   * {@code jdbc:h2:}. If absent, H2 files in the directory {@code dataDir} are used.
   */
  Optional<String> url();

  /** Returns the name of the database user. */
  Optional<String> user();

  /** Returns the password of the database user. */
  Optional<Secret> password();

  /**
   * Returns true if insecure connections to another machine are allowed. A secure connection uses
   * TLS and verifies the certificate and host name of the server.
   */
  @Setting(byDefault = "false")
  boolean allowPlaintext();

  /**
   * Returns the maximum number of open connections to the database. Migrations need up to three
   * connections at the same time. One of these connections holds the lock of the migrations.
   */
  @Setting(byDefault = "10", min = 3, max = 1_000)
  int maximumPoolSize();

  /**
   * Returns the JNDI name of a container's {@code DataSource}, as an alternative to {@link #url()}.
   */
  Optional<String> jndiName();
}
