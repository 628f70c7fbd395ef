package io.accesstokens.app.settings.storage;

import io.accesstokens.verify.IpAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.SslMode;
import org.postgresql.util.PSQLException;

/** Validates and inspects a JDBC URL of PostgreSQL. The driver itself parses the URL. */
final class PostgresUrl {

  static final String SCHEME = "jdbc:postgresql:";

  private static final String PRIMARY = "primary";

  /** Name of the driver's socket factory that uses the certificate authorities of the JVM. */
  private static final String JVM_AUTHORITIES = "org.postgresql.ssl.DefaultJavaSSLFactory";

  private PostgresUrl() {}

  /**
   * Validates a URL.
   *
   * @return the error message, which repeats no value of the URL; empty if the URL is valid
   */
  static Optional<String> errorMessage(String url) {
    Properties parsed = parsed(url);
    if (parsed == null || !url.startsWith(SCHEME + "//")) {
      return Optional.of(
          "must be one that the driver accepts: jdbc:postgresql://host:5432/database, with"
              + " parameters that it knows");
    }
    for (String name : parsed.stringPropertyNames()) {
      PGProperty property = PGProperty.forName(name);
      if (property == null) {
        return Optional.of(unknown(name));
      }
      if (property == PGProperty.SSL_PASSWORD) {
        return Optional.of("must not contain the password of a key: use a key without a password");
      }
    }
    String target = PGProperty.TARGET_SERVER_TYPE.getOrDefault(parsed);
    boolean several = String.valueOf(PGProperty.PG_HOST.getOrDefault(parsed)).contains(",");
    boolean primary = PRIMARY.equals(target) || "master".equals(target);
    if ((several || PGProperty.TARGET_SERVER_TYPE.isPresent(parsed)) && !primary) {
      return Optional.of("names several servers: add targetServerType=primary, and no other value");
    }
    return Optional.empty();
  }

  /**
   * Returns the error message for an unknown parameter. The driver silently ignores unknown
   * parameters. The error message repeats the name only if a known name differs only in case.
   */
  private static String unknown(String name) {
    return Arrays.stream(PGProperty.values())
        .map(PGProperty::getName)
        .filter(known -> known.equalsIgnoreCase(name))
        .findFirst()
        .map(known -> "has a parameter in the wrong case: it must be " + known)
        .orElse("has a parameter that the driver of PostgreSQL does not know");
  }

  /**
   * Returns true if the connections are not secure and the server is on another machine. A
   * connection is secure if it uses TLS and verifies the certificate and the host name of the
   * server.
   *
   * @param url a URL for which {@link #errorMessage} returns no error
   */
  static boolean isPlaintext(String url) {
    Properties parsed = parsed(url);
    return parsed == null
        || (!isVerified(parsed) && !hosts(parsed).stream().allMatch(PostgresUrl::isLocal));
  }

  private static boolean isVerified(Properties parsed) {
    String factory = PGProperty.SSL_FACTORY.getName();
    try {
      return SslMode.of(parsed) == SslMode.VERIFY_FULL
          && JVM_AUTHORITIES.equals(parsed.getProperty(factory, JVM_AUTHORITIES))
          && !PGProperty.SSL_HOSTNAME_VERIFIER.isPresent(parsed);
    } catch (PSQLException e) {
      return false; // an unknown mode
    }
  }

  private static Set<String> hosts(Properties parsed) {
    return new HashSet<>(
        List.of(String.valueOf(PGProperty.PG_HOST.getOrDefault(parsed)).split(",", -1)));
  }

  private static boolean isLocal(String host) {
    return IpAddress.isLoopbackHost(host.toLowerCase(Locale.ROOT));
  }

  private static @Nullable Properties parsed(String url) {
    try {
      return Driver.parseURL(url, null);
    } catch (RuntimeException e) {
      return null; // the driver's message can repeat parameters, which can be secrets
    }
  }
}
