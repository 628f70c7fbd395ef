package io.accesstokens.backstage;

import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The JDBC URL of the plugin's database. {@link #toString} omits the parts that may contain a
 * password.
 */
public final class SourceUrl {

  private static final Pattern PARAMETERS = Pattern.compile("[?;].*+");

  private static final Pattern FILE_SCHEME = Pattern.compile("^file:");

  enum Product {
    MARIADB("MariaDB", "org.mariadb.jdbc.Driver", "org.mariadb.jdbc:mariadb-java-client"),
    POSTGRESQL("PostgreSQL", "org.postgresql.Driver", "org.postgresql:postgresql"),
    SQLITE("SQLite", "org.sqlite.JDBC", "org.xerial:sqlite-jdbc");

    private final String title;
    private final String driver;
    private final String artifact;

    Product(String title, String driver, String artifact) {
      this.title = title;
      this.driver = driver;
      this.artifact = artifact;
    }

    /** Returns the name of the database's driver class. */
    String driver() {
      return driver;
    }

    /** Returns the Maven coordinates of the database's driver: the group id and the artifact id. */
    String artifact() {
      return artifact;
    }

    @Override
    public String toString() {
      return title;
    }
  }

  /** Maximum wait, in milliseconds, for a lock that another process holds on an SQLite database. */
  private static final String BUSY_MILLIS = "5000";

  private static final Map<String, Product> PRODUCTS =
      Map.of(
          "jdbc:mariadb:", Product.MARIADB,
          "jdbc:mysql:", Product.MARIADB,
          "jdbc:postgresql:", Product.POSTGRESQL,
          "jdbc:sqlite:", Product.SQLITE);

  private static final Pattern USER_INFO = Pattern.compile("//[^/?;]*@");

  private final Product product;
  private final String rest;

  private SourceUrl(Product product, String rest) {
    this.product = product;
    this.rest = rest;
  }

  /**
   * Parses a JDBC URL.
   *
   * @throws SourceRefusedException if the database is not supported, or the URL is invalid
   */
  public static SourceUrl parse(String url) {
    String scheme =
        PRODUCTS.keySet().stream()
            .filter(url::startsWith)
            .findFirst()
            .orElseThrow(
                () ->
                    new SourceRefusedException(
                        "--url must start with jdbc:mariadb:, jdbc:mysql:, jdbc:postgresql: or"
                            + " jdbc:sqlite:"));
    SourceUrl parsed =
        new SourceUrl(
            PRODUCTS.getOrDefault(scheme, Product.SQLITE), url.substring(scheme.length()));
    parsed.check();
    return parsed;
  }

  private void check() {
    if (rest.codePoints().anyMatch(Character::isISOControl)) {
      throw new SourceRefusedException("--url must not contain control characters");
    }
    if (product == Product.SQLITE) {
      String file = FILE_SCHEME.matcher(withoutParameters()).replaceFirst("");
      if (file.isEmpty() || file.startsWith(":")) {
        throw new SourceRefusedException(
            "--url must name a file: jdbc:sqlite:/path/to/file.sqlite");
      }
      return;
    }
    if (!rest.startsWith("//")) {
      throw new SourceRefusedException(
          "--url must name a host and a database, e.g. …://host/database");
    }
    if (USER_INFO.matcher(rest).find()) {
      throw new SourceRefusedException(
          "--url must not contain user:password@; use --user and --password-file instead");
    }
  }

  Product product() {
    return product;
  }

  /** Returns the URL in the form that the JDBC driver expects. */
  String forDriver() {
    return scheme() + rest;
  }

  /**
   * Returns the properties for the JDBC driver: the login, the read-only mode of SQLite, and
   * timeouts.
   */
  Properties properties(SourceLogin login) {
    Properties properties = new Properties();
    switch (product) {
      case SQLITE -> {
        properties.setProperty("open_mode", "1"); // SQLITE_OPEN_READONLY
        properties.setProperty("busy_timeout", BUSY_MILLIS);
      }
      case POSTGRESQL -> {
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "10");
        properties.setProperty("socketTimeout", "300");
        properties.setProperty("ApplicationName", "import-backstage");
      }
      case MARIADB -> {
        properties.setProperty("connectTimeout", "10000");
        properties.setProperty("socketTimeout", "300000");
      }
    }
    if (login.user() != null) {
      properties.setProperty("user", login.user());
    }
    if (login.password() != null) {
      properties.setProperty("password", login.password());
    }
    return properties;
  }

  private String scheme() {
    return switch (product) {
      case MARIADB -> "jdbc:mariadb:";
      case POSTGRESQL -> "jdbc:postgresql:";
      case SQLITE -> "jdbc:sqlite:";
    };
  }

  private String withoutParameters() {
    return PARAMETERS.matcher(rest).replaceFirst("");
  }

  /** Returns the URL without parameters. */
  @Override
  public String toString() {
    return scheme() + withoutParameters();
  }
}
