package io.accesstokens.app.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What settings must know of JDBC URLs. */
final class JdbcUrls {

  static final String MARIADB = "jdbc:mariadb:";
  static final String H2 = "jdbc:h2:";

  /**
   * Without these, the migrations fail on H2, or a crash loses changes that were answered; and H2
   * must not close itself at exit while requests in flight still finish; and its trace file would
   * repeat what we report, and hold data.
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
      Pattern.compile("[?&;]\\s*password\\d*\\s*=", Pattern.CASE_INSENSITIVE);
  private static final Pattern USER_INFO = Pattern.compile("//[^/?;]*@");

  private JdbcUrls() {}

  /** H2 files in that directory. */
  static String h2Files(Path dataDirectory) {
    return withH2Parameters(H2 + "file:" + dataDirectory.resolve("access-tokens"));
  }

  /** The URL, with those parameters that H2 needs and that it does not set. */
  static String complete(String url) {
    return url.startsWith(H2) ? withH2Parameters(url) : url;
  }

  /**
   * What is wrong with a URL.
   *
   * @return empty if nothing is
   */
  static Optional<String> complaint(String url) {
    if (!url.startsWith(MARIADB) && !url.startsWith(H2)) {
      return Optional.of("must start with jdbc:mariadb: or jdbc:h2:");
    }
    if (PASSWORD.matcher(url).find() || USER_INFO.matcher(url).find()) {
      return Optional.of("must not hold a password; that is accessTokens.database.password");
    }
    if (url.codePoints().anyMatch(Character::isISOControl)) {
      return Optional.of("must not hold control characters");
    }
    if (url.startsWith(MARIADB) && !url.contains("//")) {
      return Optional.of("must name a host and a database: jdbc:mariadb://host:3306/database");
    }
    return Optional.empty();
  }

  static boolean isH2(String url) {
    return url.startsWith(H2);
  }

  /** Whether H2 runs in this process, rather than as a server. */
  static boolean isEmbeddedH2(String url) {
    return url.startsWith(H2) && !url.startsWith(H2 + "tcp:") && !url.startsWith(H2 + "ssl:");
  }

  static String withoutParameters(String url) {
    return url.replaceFirst("[?;].*", "");
  }

  private static String withH2Parameters(String url) {
    String given = url.toUpperCase(Locale.ROOT);
    StringBuilder complete = new StringBuilder(url);
    for (String parameter : H2_PARAMETERS) {
      String name = parameter.substring(0, parameter.indexOf('=') + 1);
      if (!given.contains(';' + name)) {
        complete.append(';').append(parameter);
      }
    }
    return complete.toString();
  }
}
