package io.accesstokens.app.settings.storage;

import io.accesstokens.verify.IpAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;
import org.mariadb.jdbc.export.SslMode;

/** Validates, completes and inspects JDBC URLs. */
final class JdbcUrls {

  private static final Pattern PARAMETERS = Pattern.compile("[?;].*+", Pattern.DOTALL);

  /**
   * Matches the parameters in a URL of H2. The parameters begin with a semicolon. A question mark
   * can be a part of the path.
   */
  private static final Pattern PARAMETERS_OF_H2 = Pattern.compile(";.*+", Pattern.DOTALL);

  static final String MARIADB = "jdbc:mariadb:";
  static final String H2 = "jdbc:h2:";
  static final String H2_MEMORY = H2 + "mem:";

  /**
   * The parameters that H2 needs:
   *
   * <ul>
   *   <li>Without the first four parameters, migrations fail or a crash loses confirmed changes.
   *   <li>{@code DB_CLOSE_ON_EXIT=FALSE} prevents H2 from closing the database at exit while
   *       requests are still running.
   *   <li>{@code TRACE_LEVEL_FILE=0} disables the trace file of H2, which would repeat log messages
   *       and contain data.
   * </ul>
   */
  private static final List<String> H2_PARAMETERS =
      List.of(
          "MODE=MariaDB",
          "DATABASE_TO_LOWER=TRUE",
          "CASE_INSENSITIVE_IDENTIFIERS=TRUE",
          "WRITE_DELAY=0",
          "DB_CLOSE_ON_EXIT=FALSE",
          "TRACE_LEVEL_FILE=0");

  private static final Pattern PASSWORD =
      Pattern.compile("[?&;]\\s*+password\\d*+\\s*+=", Pattern.CASE_INSENSITIVE);

  /**
   * Matches the parameter with which several processes open one embedded H2 database. No process
   * would notice the revocations of the others, because it would not read the change feed.
   */
  private static final Pattern AUTO_SERVER =
      Pattern.compile(
          ";\\s*+AUTO_SERVER\\s*+=\\s*+(?!FALSE\\s*+(?:;|\\z))", Pattern.CASE_INSENSITIVE);

  private static final Pattern USER_INFO = Pattern.compile("//[^/?;]*@");

  private JdbcUrls() {}

  /** Returns the JDBC URL of an H2 database with files in the directory. */
  static String h2Files(Path dataDirectory) {
    return withH2Parameters(H2 + "file:" + dataDirectory.resolve("access-tokens"));
  }

  /**
   * Returns the URL with all parameters that H2 needs. Parameters that the URL already contains
   * stay unchanged. Returns a URL of another database unchanged.
   */
  static String complete(String url) {
    return url.startsWith(H2) ? withH2Parameters(url) : url;
  }

  /**
   * Validates a JDBC URL.
   *
   * @return the error message; empty if the URL is valid
   */
  static Optional<String> errorMessage(String url) {
    if (!url.startsWith(MARIADB) && !isPostgres(url) && !url.startsWith(H2)) {
      return Optional.of("must start with jdbc:mariadb:, jdbc:postgresql: or jdbc:h2:");
    }
    if (PASSWORD.matcher(url).find() || USER_INFO.matcher(url).find()) {
      return Optional.of("must not contain a password; that is accessTokens.database.password");
    }
    if (url.codePoints().anyMatch(Character::isISOControl)) {
      return Optional.of("must not contain control characters");
    }
    if (isEmbeddedH2(url) && AUTO_SERVER.matcher(url).find()) {
      return Optional.of(
          "must not contain AUTO_SERVER: several processes need a database server, such as MariaDB");
    }
    if (url.startsWith(MARIADB) && (!url.contains("//") || parsed(url) == null)) {
      return Optional.of(
          "must be one that the driver accepts: jdbc:mariadb://host:3306/database, with parameters"
              + " that it knows");
    }
    return isPostgres(url) ? PostgresUrl.errorMessage(url) : Optional.empty();
  }

  /**
   * Returns true if the connections are not secure and the server is on another machine. A
   * connection is secure if it uses TLS and verifies the certificate and the host name of the
   * server. H2 does not verify the host name. Therefore, a connection to H2 is never secure. This
   * method resolves no host name.
   *
   * <p>The driver parses the URL. Therefore, this method recognizes aliases of parameters.
   *
   * @param url a URL for which {@link #errorMessage} returns no error
   */
  static boolean isPlaintext(String url) {
    if (isH2(url)) {
      return !isEmbeddedH2(url) && !IpAddress.isLoopbackHost(h2Host(url));
    }
    if (isPostgres(url)) {
      return PostgresUrl.isPlaintext(url);
    }
    Configuration parsed = parsed(url);
    if (parsed == null) {
      return true;
    }
    if (parsed.localSocket() != null) {
      return false;
    }
    return parsed.addresses().stream().anyMatch(address -> isPlaintext(address, parsed.sslMode()));
  }

  private static boolean isPlaintext(HostAddress address, @Nullable SslMode common) {
    if (address.localSocket != null) {
      return false;
    }
    SslMode mode = address.sslMode == null ? common : address.sslMode;
    return mode != SslMode.VERIFY_FULL && !IpAddress.isLoopbackHost(address.host);
  }

  private static @Nullable Configuration parsed(String url) {
    try {
      return Configuration.parse(url);
    } catch (SQLException | RuntimeException e) {
      return null; // the driver's message can repeat parameters, which can be secrets
    }
  }

  /**
   * Returns the host in a URL of H2. The two slashes in front of the host are optional. For an H2
   * cluster, returns the whole list of hosts, which never equals a host of this machine.
   */
  private static String h2Host(String url) {
    String server = url.substring(url.indexOf(':', H2.length()) + 1);
    String authority = (server.startsWith("//") ? server.substring(2) : server).split("/", 2)[0];
    int port = authority.lastIndexOf(':');
    return port > authority.lastIndexOf(']') && authority.indexOf(',') < 0
        ? authority.substring(0, port)
        : authority;
  }

  static boolean isPostgres(String url) {
    return url.startsWith(PostgresUrl.SCHEME);
  }

  static boolean isH2(String url) {
    return url.startsWith(H2);
  }

  /** Returns true if the URL is for an H2 database in this process, and not on a server. */
  static boolean isEmbeddedH2(String url) {
    return url.startsWith(H2) && !url.startsWith(H2 + "tcp:") && !url.startsWith(H2 + "ssl:");
  }

  /**
   * Returns the file of an embedded H2 database.
   *
   * @return the path; empty if the database is in memory, on a server, or in one of H2's own file
   *     systems
   */
  static Optional<Path> h2File(String url) {
    if (!isEmbeddedH2(url)) {
      return Optional.empty();
    }
    String name = withoutParameters(url).substring(H2.length());
    String path = name.startsWith("file:") ? name.substring("file:".length()) : name;
    if (path.startsWith("~/")) {
      path = System.getProperty("user.home") + path.substring(1);
    }
    // A colon after a slash is a part of a file name. A colon at index 1 follows the letter of a
    // drive. Any other colon follows the name of a file system.
    int colon = path.indexOf(':');
    boolean otherFileSystem = colon > 1 && path.lastIndexOf('/', colon) < 0;
    return otherFileSystem ? Optional.empty() : Optional.of(Path.of(path + ".mv.db"));
  }

  static String withoutParameters(String url) {
    return (isH2(url) ? PARAMETERS_OF_H2 : PARAMETERS).matcher(url).replaceFirst("");
  }

  private static String withH2Parameters(String url) {
    String upperCaseUrl = url.toUpperCase(Locale.ROOT);
    StringBuilder complete = new StringBuilder(url);
    for (String parameter : H2_PARAMETERS) {
      String name = parameter.substring(0, parameter.indexOf('=') + 1);
      if (!upperCaseUrl.contains(';' + name)) {
        complete.append(';').append(parameter);
      }
    }
    return complete.toString();
  }
}
