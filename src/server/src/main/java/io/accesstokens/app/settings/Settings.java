package io.accesstokens.app.settings;

import io.accesstokens.app.logging.LogFormat;
import io.accesstokens.app.settings.outbound.NoticeSettings;
import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import io.accesstokens.app.settings.storage.ClusterSettings;
import io.accesstokens.app.settings.storage.DatabaseSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Declares the names, types and defaults of all settings. Each method is a setting or a section of
 * settings. A large section has an interface of its own, such as {@link LoginSettings}. The full
 * name of a setting is {@code accessTokens.} followed by its path.
 *
 * <p>{@link Configuration} contains the values that are derived from several settings. {@link
 * SettingsLoader} creates the settings and the configuration.
 *
 * <p>The settings {@code host}, {@code port}, {@code log}, {@code management}, {@code tls} and
 * {@code shutdown} apply only to {@code java -jar}. A servlet container has its own connectors and
 * its own log.
 *
 * <p>For each setting of type {@link Secret}, a setting with the suffix {@code File} names a file
 * that contains the secret in one line. The file is an alternative to the secret itself.
 *
 * <p>Instances are immutable. The method {@code toString} does not show the values of settings.
 */
public interface Settings {

  /** Prefix of the name of every setting. A dot follows the prefix. */
  String PREFIX = "accessTokens";

  /** Returns the host name or IP address on which the server of {@code java -jar} listens. */
  @Setting(byDefault = "127.0.0.1")
  String host();

  /**
   * Returns the TCP port on which the server of {@code java -jar} listens; 0 selects any free port.
   */
  @Setting(byDefault = "8080", min = 0, max = 65_535)
  int port();

  /**
   * Returns the URL under which clients reach the application. The URL must be http or https,
   * without user, query or fragment.
   */
  Optional<URI> publicUrl();

  /**
   * Returns the trusted proxies. Only forwarding headers of these proxies are used. Each element is
   * an IP address or a range such as {@code 10.0.0.0/8}.
   */
  Optional<List<String>> trustedProxies();

  /** Returns the limits on wrong credentials and on frequent changes. */
  RateLimits rateLimits();

  /** Returns the limits on the duration of requests and on the number of concurrent requests. */
  Requests requests();

  /** Returns the settings for calls from pages of other origins (CORS). */
  Cors cors();

  /** Returns the settings of the log of {@code java -jar}. */
  Log log();

  /** Returns the settings of the metrics. */
  Metrics metrics();

  /** Returns the settings of the transparency log of audit events. */
  TransparencyLogSettings auditLog();

  /** Returns the settings for the data about uses of tokens. */
  Usage usage();

  /**
   * Returns the settings of the second port of {@code java -jar}, which is for monitoring systems.
   */
  Management management();

  /**
   * Returns the directory for data, including the files of H2. A relative path is resolved against
   * the base directory.
   */
  @Setting(byDefault = "./data")
  Path dataDir();

  /**
   * Returns true if data is kept only in memory. In this case, all data is lost when the process
   * ends.
   */
  @Setting(byDefault = "false")
  boolean inMemory();

  /** Returns the HTTPS settings of {@code java -jar}. */
  Tls tls();

  /** Returns the settings for the graceful shutdown of {@code java -jar}. */
  Shutdown shutdown();

  /** Returns the settings of service tokens. */
  ServiceTokenSettings service();

  /** Returns the settings of personal tokens. */
  PersonalTokenSettings personal();

  /** Returns the settings of token introspection (RFC 7662). */
  Introspection introspection();

  /** Returns additional permissions, and limits on new tokens. */
  PolicySettings policy();

  /** Returns the format of raw tokens. */
  RawTokens rawToken();

  /** Returns the settings of the login methods. */
  LoginSettings login();

  /** Returns the settings for the lifetime of sessions. */
  Session session();

  /** Returns the settings of the source of groups and group members. */
  DirectorySettings directory();

  /** Returns the settings of mails and webhooks about tokens. */
  NoticeSettings notices();

  /** Returns the settings of the database. */
  DatabaseSettings database();

  /** Returns the settings of replicas that share a database. */
  ClusterSettings cluster();

  /**
   * Limits on wrong credentials and on frequent changes. The response is 429 if a limit is
   * exceeded.
   */
  interface RateLimits {

    /**
     * Returns the maximum number of well-formed but unknown raw tokens per minute from one client
     * address; 0 means no limit. The same maximum applies to wrong JWT signatures.
     */
    @Setting(byDefault = "600", min = 0, max = 1_000_000)
    int unknownTokensPerMinute();

    /**
     * Returns the maximum number of wrong passwords per minute for one user from one client
     * address; 0 means no limit.
     */
    @Setting(byDefault = "10", min = 0, max = 1_000_000)
    int failedSignInsPerMinute();

    /**
     * Returns the maximum number of changes of service tokens per minute; 0 means no limit. Each
     * user, and each service token that manages tokens, has a separate limit. Changes are
     * creations, updates and rotations. Revocations and ends of previous secrets are never limited.
     */
    @Setting(byDefault = "1200", min = 0, max = 1_000_000)
    int serviceTokenChangesPerMinute();

    /**
     * Returns the maximum number of changes of personal tokens per user and minute; 0 means no
     * limit. Changes are creations, rotations, revocations, and ends of previous secrets. If an
     * application requests a token for the user (mint flow), the start of the flow and the pickup
     * of the token are changes, too.
     */
    @Setting(byDefault = "60", min = 0, max = 1_000_000)
    int personalTokenChangesPerMinute();

    /**
     * Returns the maximum number of exchanges of personal tokens for short-lived tokens per user
     * and minute; 0 means no limit.
     */
    @Setting(byDefault = "60", min = 0, max = 1_000_000)
    int tokenExchangesPerMinute();

    /**
     * Returns the maximum number of self-rotations of one service token per minute; 0 means no
     * limit. Repeats of a rotation count too.
     */
    @Setting(byDefault = "10", min = 0, max = 1_000_000)
    int selfRotationsPerMinute();
  }

  /** Limits on the duration of requests and on the number of concurrent requests. */
  interface Requests {

    /**
     * Returns the maximum time for the arrival of the head and body of a request, in seconds. With
     * {@code java -jar}, clients must also read a response within this time. Exports are exempt
     * while the client keeps reading.
     */
    @Setting(byDefault = "10", min = 1, max = 600)
    int deadlineSeconds();

    /**
     * Returns the maximum number of incomplete requests from one client address. A request is
     * incomplete until its head and body have arrived. With {@code java -jar}, the number of
     * responses that clients at one address do not read has the same maximum, but at most a third
     * of {@link #maxConcurrent()}.
     */
    @Setting(byDefault = "50", min = 1, max = 100_000)
    int incompletePerAddress();

    /** Returns the maximum number of concurrent requests. Health checks do not count. */
    @Setting(byDefault = "175", min = 1, max = 10_000)
    int maxConcurrent();
  }

  /** The log of {@code java -jar}. A servlet container has its own configuration of logs. */
  interface Log {

    /** Returns the format of all log lines. */
    @Setting(byDefault = "text")
    LogFormat format();

    /**
     * Returns the levels of loggers. Each element has the form {@code LOGGER=LEVEL}, for example
     * {@code io.accesstokens=debug}.
     */
    Optional<List<String>> levels();

    /** Returns true if the log has a line for each request. */
    @Setting(byDefault = "false")
    boolean access();
  }

  /** Settings of {@code GET /metrics}. */
  interface Metrics {

    /** Returns true if metrics can be read; otherwise the response is 404. */
    @Setting(byDefault = "true")
    boolean enabled();

    /** Returns true if the permission to read metrics can be a scope of service tokens. */
    @Setting(byDefault = "false")
    boolean allowScope();

    /**
     * Returns the clients that can read metrics without a credential. Each element is an IP address
     * or a range such as {@code 10.0.0.0/8}. The address of a client behind a trusted proxy is the
     * address that the proxy reports. No element may contain the address of a trusted proxy.
     */
    Optional<List<String>> allowedAddresses();
  }

  /** Settings for the data about uses of tokens. */
  interface Usage {

    /**
     * Returns true if the service gathers the addresses and products of the clients that use
     * service tokens. If false, the service gathers no clients, and deletes the clients that were
     * gathered before.
     */
    @Setting(byDefault = "true")
    boolean callers();
  }

  /**
   * A second port of {@code java -jar}. This port serves only the metrics and the health checks,
   * over HTTP and without credentials.
   */
  interface Management {

    /**
     * Returns the number of the second TCP port; 0 selects any free port. If this setting is
     * absent, there is no second port.
     */
    @Setting(min = 0, max = 65_535)
    OptionalInt port();

    /** Returns the host name or IP address on which the second port listens. */
    @Setting(byDefault = "127.0.0.1")
    String host();
  }

  /** The HTTPS settings of {@code java -jar}. Both files must be configured together. */
  interface Tls {

    /** Returns the PEM file with the server certificate and its certificate chain. */
    Optional<Path> certificate();

    /** Returns the PEM file with the private key of the server certificate. */
    Optional<Path> key();
  }

  /** The settings for the graceful shutdown of {@code java -jar}. */
  interface Shutdown {

    /**
     * Returns the time for which the server still accepts connections after the signal to stop, in
     * seconds. During this time, the readiness check fails, requests are still processed, and each
     * response closes its connection.
     */
    @Setting(byDefault = "0", min = 0, max = 300)
    int delaySeconds();
  }

  /**
   * The users who can introspect tokens. Admins and tokens with the introspection scope can also
   * introspect tokens.
   */
  interface Introspection {

    /**
     * Returns the entity refs of users who can introspect tokens, for example {@code
     * user:default/gateway}.
     */
    Optional<List<String>> userEntityRefs();
  }

  /** The format of raw tokens. The class {@code RawTokenFormat} defines the rules. */
  interface RawTokens {

    /** Returns the prefix of every service token. */
    @Setting(byDefault = "bsat_")
    String servicePrefix();

    /** Returns the prefix of every personal token. */
    @Setting(byDefault = "bpat_")
    String personalPrefix();

    /**
     * Returns true if tokens without a checksum are looked up in the store. The Backstage plugin
     * creates tokens without a checksum.
     */
    @Setting(byDefault = "false")
    boolean acceptWithoutChecksum();
  }

  /** The settings for calls from pages of other origins (CORS). */
  interface Cors {

    /**
     * Returns the origins that may call the API, for example {@code https://backstage.example.com}.
     */
    Optional<List<String>> allowedOrigins();
  }

  /** The settings of sessions. */
  interface Session {

    /**
     * Returns the idle timeout of a session, in minutes. A session ends after this time without a
     * request.
     */
    @Setting(byDefault = "30", min = 1, max = 10_080)
    int idleMinutes();

    /**
     * Returns the maximum lifetime of a session, in hours. A session ends after this time even if
     * it is in use.
     */
    @Setting(byDefault = "12", min = 1, max = 720)
    int absoluteHours();

    /**
     * Returns the maximum age of a sign-in, in hours; 0 means no maximum age. With an older
     * sign-in, a session can create and rotate only tokens with read scopes. It can add a scope or
     * relax a limit only if the token then has only read scopes.
     */
    @Setting(byDefault = "12", min = 0, max = 720)
    int freshSignInHours();
  }
}
