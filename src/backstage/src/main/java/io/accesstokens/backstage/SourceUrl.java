package io.accesstokens.backstage;

import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/** Where the plugin's database is. {@link #toString} leaves out what could hold a password. */
public final class SourceUrl {

  private static final Pattern PARAMETERS = Pattern.compile("[?;].*+");

  private static final Pattern FILE_SCHEME = Pattern.compile("^file:");

  /** The databases that can be read. */
  enum Product {
    MARIADB("org.mariadb.jdbc.Driver"),
    POSTGRESQL("org.postgresql.Driver"),
    SQLITE("org.sqlite.JDBC");

    private final String driver;

    Product(String driver) {
      this.driver = driver;
    }

    String driver() {
      return driver;
    }
  }

  /** Milliseconds for which a writer is waited for. */
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
   * Reads a URL for JDBC.
   *
   * @throws SourceRefusedException if it is of no database that can be read
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
      throw new SourceRefusedException("--url must not hold control characters");
    }
    if (product == Product.SQLITE) {
      String file = FILE_SCHEME.matcher(place()).replaceFirst("");
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
          "--url must not hold user:password@; use --user and --password-file instead");
    }
  }

  Product product() {
    return product;
  }

  /** The URL as the driver wants it. */
  String forDriver() {
    return scheme() + rest;
  }

  /** What else the driver is told: only to read, and not to wait for ever. */
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

  private String place() {
    return PARAMETERS.matcher(rest).replaceFirst("");
  }

  /** Without parameters. */
  @Override
  public String toString() {
    return scheme() + place();
  }
}
