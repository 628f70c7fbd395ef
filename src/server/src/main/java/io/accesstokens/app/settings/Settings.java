package io.accesstokens.app.settings;

import io.accesstokens.app.logging.LogFormat;
import io.accesstokens.app.settings.outbound.NoticeSettings;
import io.accesstokens.app.settings.outbound.PublicationSettings;
import io.accesstokens.app.settings.outbound.StreamSettings;
import io.accesstokens.app.settings.outbound.WitnessSettings;
import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import io.accesstokens.app.settings.source.SettingName;
import io.accesstokens.app.settings.storage.ClusterSettings;
import io.accesstokens.app.settings.storage.DatabaseSettings;
import io.accesstokens.token.rotation.SelfRotation;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Declares the names, types and defaults of all settings. Each method is a setting or a section of
 * settings. The full name of a setting is {@code accessTokens.} followed by its path.
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

  /**
   * Returns the limits on wrong credentials and on frequent changes. The response is 429 if a limit
   * is exceeded.
   */
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
  Service service();

  /** Returns the settings of personal tokens. */
  Personal personal();

  /** Returns the settings of token introspection (RFC 7662). */
  Introspection introspection();

  /** Returns additional permissions, and limits on new tokens. */
  PolicySettings policy();

  /** Returns the format of raw tokens. */
  RawTokens rawToken();

  /** Returns the settings of the login methods. */
  Login login();

  /** Returns the settings for the lifetime of sessions. */
  Session session();

  /** Returns the settings of the source of groups and group members. */
  Directory directory();

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
     * Returns the maximum number of changes of service tokens per user or managing token and
     * minute; 0 means no limit. Changes are creations, updates and rotations. Revocations and ends
     * of previous secrets are never limited.
     */
    @Setting(byDefault = "1200", min = 0, max = 1_000_000)
    int serviceTokenChangesPerMinute();

    /**
     * Returns the maximum number of changes of personal tokens per user and minute; 0 means no
     * limit. Changes are creations, the start and the pickup of a mint flow, rotations,
     * revocations, and ends of previous secrets.
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

    /** Returns the maximum time for the arrival of the head and body of a request, in seconds. */
    @Setting(byDefault = "10", min = 1, max = 600)
    int deadlineSeconds();

    /**
     * Returns the maximum number of incomplete requests from one client address. A request is
     * incomplete until its head and body have arrived.
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

    /** Returns true if service tokens can have the permission to read metrics as a scope. */
    @Setting(byDefault = "false")
    boolean allowScope();

    /**
     * Returns the clients that can read metrics without a credential. Each element is an IP address
     * or a range such as {@code 10.0.0.0/8}. The address of a client behind a trusted proxy is the
     * address that the proxy reports. No element may contain the address of a trusted proxy.
     */
    Optional<List<String>> allowedAddresses();
  }

  /** Settings of the transparency log of audit events. */
  interface TransparencyLogSettings {

    /**
     * Returns the name for a new log. An existing log keeps its name. If absent, the name is the
     * host of the public URL, or {@code access-tokens} without a public URL.
     */
    Optional<String> origin();

    /** Returns true if service tokens can have the permission to read the log as a scope. */
    @Setting(byDefault = "false")
    boolean allowScope();

    /**
     * Returns true if the checkpoint, the verifier key and the tiles of hashes can be read without
     * a credential. Entries always need a credential.
     */
    @Setting(byDefault = "false")
    boolean publishHashes();

    /**
     * Returns true if entries have a hash with a secret salt instead of the text of a reason. The
     * setting applies only to entries that are added later. All processes must have the same value,
     * because each process adds the events of all processes.
     */
    @Setting(byDefault = "false")
    boolean hashReasons();

    /**
     * Returns the minimum age of the events that the command {@code archive-log} moves to an
     * archive, in days.
     */
    @Setting(byDefault = "365", min = 1, max = 36_500)
    int minimumRetentionDays();

    /** Returns the settings of the publication of checkpoints. */
    PublicationSettings publication();

    /** Returns the witnesses that cosign checkpoints. */
    List<WitnessSettings> witnesses();

    /** Returns the systems that receive the events of the log. */
    StreamSettings stream();
  }

  /** Settings for the data about uses of tokens. */
  interface Usage {

    /**
     * Returns true if the service gathers the addresses and products of the clients that use
     * service tokens. If false, the service also deletes the clients that it gathered before.
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
     * Returns the TCP port; 0 selects any free port. If this setting is absent, there is no second
     * port.
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

  /** Settings of service tokens. */
  interface Service {

    /** Returns the maximum lifetime of a service token in days, inclusive. */
    @Setting(byDefault = "365", min = 1, max = 36_500)
    int maxTokenLifetimeDays();

    /**
     * Returns the lifetime of a service token that is created without an expiry, in days. If
     * absent, the maximum lifetime is used.
     */
    @Setting(min = 1, max = 36_500)
    OptionalInt defaultTokenLifetimeDays();

    /**
     * Returns the scopes in addition to the built-in scopes. The pages show the scopes in this
     * order.
     */
    List<Scope> scopes();

    /** Returns the admins, who have all permissions on all tokens. */
    Grantees admin();

    /** Returns the auditors, who can see all tokens. */
    Grantees auditor();

    /** Returns true if service tokens can have the permissions of this service as scopes. */
    @Setting(byDefault = "false")
    boolean allowTokenManagement();

    /** Returns true if service tokens can have the permission to introspect tokens as a scope. */
    @Setting(byDefault = "false")
    boolean allowIntrospection();

    /**
     * Returns the maximum time for which a verdict about a token may be cached, in seconds; 0
     * forbids caching.
     */
    @Setting(byDefault = "60", min = 0, max = 86_400)
    int cacheTtlSeconds();

    /** Returns the settings for the rotation of secrets. */
    Rotation rotation();
  }

  /** Settings for the rotation of the secrets of service tokens and personal tokens. */
  interface Rotation {

    /**
     * Returns the time for which the previous secret stays valid after a rotation that sets no
     * grace period, in seconds. The value is at most {@link #maxGraceSeconds()}.
     */
    @Setting(byDefault = "86400", min = 0, max = 31_536_000)
    int defaultGraceSeconds();

    /** Returns the maximum grace period of a rotation, in seconds. */
    @Setting(byDefault = "2592000", min = 0, max = 31_536_000)
    int maxGraceSeconds();

    /** Returns the mode of the self-rotation of service tokens. */
    @Setting(byDefault = "off")
    SelfRotationMode self();

    /** Determines whether service tokens can rotate themselves. */
    enum SelfRotationMode implements SettingName {
      /** Service tokens cannot rotate themselves. */
      OFF("off", SelfRotation.OFF),
      /** The new secret expires with the previous secret. */
      KEEP_EXPIRY("keepExpiry", SelfRotation.KEEP_EXPIRY),
      /** The lifetime of the token starts again. */
      RENEW("renew", SelfRotation.RENEW);

      private final String settingName;
      private final SelfRotation rule;

      SelfRotationMode(String settingName, SelfRotation rule) {
        this.settingName = settingName;
        this.rule = rule;
      }

      @Override
      public String settingName() {
        return settingName;
      }

      /** Returns the rule for rotations. */
      SelfRotation rule() {
        return rule;
      }
    }
  }

  /** Settings of personal tokens. */
  interface Personal {

    /** Returns true if users can have personal tokens. */
    @Setting(byDefault = "true")
    boolean enabled();

    /**
     * Returns the lifetime of a personal token that is created without an expiry, in days. The
     * value is at most {@link #maxExpiryDays()}.
     */
    @Setting(byDefault = "30", min = 1, max = 36_500)
    int defaultExpiryDays();

    /** Returns the maximum lifetime of a personal token in days, inclusive. */
    @Setting(byDefault = "365", min = 1, max = 36_500)
    int maxExpiryDays();

    /** Returns the maximum number of unrevoked, unexpired personal tokens of a user. */
    @Setting(byDefault = "200", min = 1, max = 10_000)
    int maxLiveTokens();

    /**
     * Returns the key that encrypts the signing keys in the store. The key is 32 bytes, encoded in
     * base64.
     */
    Optional<Secret> encryptionKey();

    /**
     * Returns the earlier encryption key, while an operator replaces {@link #encryptionKey()}. The
     * earlier key only decrypts signing keys that are already in the store. New signing keys are
     * encrypted only with {@link #encryptionKey()}.
     */
    Optional<Secret> previousEncryptionKey();

    /** Returns the number of days for which one signing key signs short-lived tokens. */
    @Setting(byDefault = "90", min = 1, max = 3_650)
    int signingKeyDays();

    /**
     * Returns the values of the claim {@code aud} in short-lived tokens. If absent, the tokens are
     * only for this server.
     */
    Optional<List<String>> audience();

    /**
     * Returns the scopes that audiences of short-lived tokens require. An audience that is not in
     * this list requires no scopes.
     */
    List<AudienceScopes> audienceScopes();

    /** Returns the applications that the consent page names. */
    List<Application> applications();
  }

  /** The name of an application that requests personal tokens. Both settings are required. */
  interface Application {

    /**
     * Returns the origin of the pages of the application, for example {@code
     * https://portal.example.com}.
     */
    String origin();

    /** Returns the display name of the application. */
    String name();
  }

  /** The scopes that one audience of short-lived tokens requires. */
  interface AudienceScopes {

    /** Returns the audience. The audience must be an element of {@link Personal#audience()}. */
    String audience();

    /**
     * Returns the scopes that the audience requires; at least one. Every scope must be in the scope
     * catalog.
     */
    Optional<List<String>> scopes();
  }

  /** A configured scope. All three settings are required. */
  interface Scope {

    /** Returns the identifier of the scope, which is a scope-token (RFC 6749, section 3.3). */
    String id();

    /** Returns a sentence that describes what the scope allows. */
    String description();

    /** Returns the part of the platform to which the scope belongs. */
    String plugin();
  }

  /** The users who receive a permission. Users are named individually, by a group, or by a role. */
  interface Grantees {

    /** Returns the entity refs of individual users, for example {@code user:default/alice}. */
    Optional<List<String>> userEntityRefs();

    /**
     * Returns the entity refs of groups. The members of these groups receive the permission. An
     * example is {@code group:default/platform}.
     */
    Optional<List<String>> groupEntityRefs();

    /**
     * Returns the names of roles in the servlet container. Users with one of these roles receive
     * the permission. This setting is allowed only if {@link Login#container()} is true.
     */
    Optional<List<String>> roles();
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
     * Returns true if tokens without a checksum are also looked up. The Backstage plugin creates
     * such tokens.
     */
    @Setting(byDefault = "false")
    boolean acceptWithoutChecksum();
  }

  /** The login methods of users. */
  interface Login {

    /** Returns true if users can authenticate with HTTP Basic. */
    @Setting(byDefault = "true")
    boolean basic();

    /**
     * Returns the file with the users and their password hashes. If neither this file nor a realm,
     * an LDAP server or an OpenID provider is configured, the built-in sample users can sign in.
     */
    Optional<Path> usersFile();

    /**
     * Returns true if the servlet container's realm authenticates the users, instead of a users
     * file.
     */
    @Setting(byDefault = "false")
    boolean container();

    /**
     * Returns the template for the entity ref of a user of the realm. The placeholder {@code
     * {name}} represents the username in the realm.
     */
    @Setting(byDefault = "user:default/{name}")
    String containerUserEntityRef();

    /** Returns the trusted issuers. JWTs of these issuers are accepted as bearer tokens. */
    List<JwtIssuer> jwt();

    /**
     * Returns the LDAP server for users and groups. The LDAP server is disabled if its URL is
     * absent.
     */
    Ldap ldap();

    /** Returns the OpenID provider for sign-in, in addition to the other login methods. */
    OidcSettings oidc();
  }

  /** An issuer of accepted JWTs. Settings without a default are required. */
  interface JwtIssuer {

    /** Returns the value of the claim {@code iss} in the issuer's tokens. */
    String issuer();

    /** Returns the audience that the claim {@code aud} of the issuer's tokens must contain. */
    String audience();

    /**
     * Returns the URL of the issuer's keys (RFC 7517). The URL must be https, or http on this
     * machine.
     */
    String jwksUrl();

    /** Returns the signature algorithms that the issuer may use, separated by commas. */
    @Setting(byDefault = "ES256,RS256")
    String algorithms();

    /**
     * Returns the template for the entity ref of a user. The placeholder contains the name of a
     * claim in the token.
     */
    @Setting(byDefault = "{sub}")
    String userEntityRef();

    /**
     * Returns the template for the entity refs of the user's groups. The placeholder contains the
     * name of a claim in the token. The value of this claim is a list.
     */
    @Setting(byDefault = "{ent}")
    String groupEntityRef();

    /**
     * Returns the tolerated difference between the clocks of the issuer and this server, in
     * seconds.
     */
    @Setting(byDefault = "60", min = 0, max = 300)
    int clockSkewSeconds();

    /** Returns the timeout for reading the issuer's keys, in milliseconds. */
    @Setting(byDefault = "3000", min = 100, max = 30_000)
    int timeoutMillis();
  }

  /** The settings of an LDAP server. */
  interface Ldap {

    /**
     * Returns the URL of the LDAP server, in the form {@code ldap://host:389} or {@code
     * ldaps://host:636}.
     */
    Optional<URI> url();

    /** Returns true if StartTLS encrypts an {@code ldap:} connection before any other operation. */
    @Setting(byDefault = "false")
    boolean startTls();

    /**
     * Returns the PEM file with the certificates of trusted certificate authorities. If absent, the
     * trusted authorities of the JVM are used.
     */
    Optional<Path> caFile();

    /**
     * Returns the DN of the service account that searches users and groups. If absent, the searches
     * are anonymous.
     */
    Optional<String> bindDn();

    /** Returns the password for the bind with {@link #bindDn()}. */
    Optional<Secret> bindPassword();

    /** Returns the base DN of the search for users. */
    Optional<String> userBase();

    /** Returns the search filter for users who can sign in (RFC 4515). */
    @Setting(byDefault = "(objectClass=inetOrgPerson)")
    String userFilter();

    /** Returns the LDAP attribute that contains the username for sign-in. */
    @Setting(byDefault = "uid")
    String usernameAttribute();

    /**
     * Returns the template for the entity ref of a user. The placeholder contains the name of an
     * LDAP attribute.
     */
    @Setting(byDefault = "user:default/{uid}")
    String userEntityRef();

    /** Returns the LDAP attribute that contains the display name of a user. */
    @Setting(byDefault = "cn")
    String displayNameAttribute();

    /**
     * Returns the base DN of the search for groups. If absent, groups are not read from this
     * server.
     */
    Optional<String> groupBase();

    /** Returns the search filter for groups (RFC 4515). */
    @Setting(byDefault = "(objectClass=groupOfNames)")
    String groupFilter();

    /**
     * Returns the template for the entity ref of a group. The placeholder contains the name of an
     * LDAP attribute.
     */
    @Setting(byDefault = "group:default/{cn}")
    String groupEntityRef();

    /**
     * Returns the LDAP attribute that lists the members of a group. The attribute {@code memberUid}
     * contains usernames. Any other attribute contains DNs.
     */
    @Setting(byDefault = "member")
    String memberAttribute();

    /** Returns the time for which group memberships are cached, in seconds. */
    @Setting(byDefault = "30", min = 0, max = 3_600)
    int cacheSeconds();

    /** Returns the timeout for connecting to the LDAP server, in milliseconds. */
    @Setting(byDefault = "2000", min = 100, max = 30_000)
    int connectTimeoutMillis();

    /** Returns the timeout for a response of the LDAP server, in milliseconds. */
    @Setting(byDefault = "3000", min = 100, max = 30_000)
    int readTimeoutMillis();

    /** Returns the maximum number of open connections to the LDAP server. */
    @Setting(byDefault = "8", min = 1, max = 200)
    int maximumConnections();
  }

  /** The settings for calls from pages of other origins (CORS). */
  interface Cors {

    /**
     * Returns the origins that may call the API, for example {@code https://backstage.example.com}.
     */
    Optional<List<String>> allowedOrigins();
  }

  /** The lifetime of sessions. */
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
     * Returns the maximum age of a sign-in, in hours, for the creation of tokens with scopes other
     * than read scopes; 0 means no maximum age.
     */
    @Setting(byDefault = "12", min = 0, max = 720)
    int freshSignInHours();
  }

  /** The settings of the source of groups and group members. */
  interface Directory {

    /**
     * Returns the file with groups and group members. If this file and all other sources of groups
     * are absent, the built-in sample groups apply to the sample users.
     */
    Optional<Path> groupsFile();

    /** Returns true if members of a group are also members of its parent groups. */
    @Setting(byDefault = "true")
    boolean nestedGroups();

    /**
     * Returns the settings for the catalog of a running Backstage server, as an alternative to a
     * file.
     */
    Backstage backstage();
  }

  /** The settings for the catalog of a running Backstage server. */
  interface Backstage {

    /**
     * Returns the URL of Backstage, without the path {@code /api/catalog}. The URL must be http or
     * https.
     */
    Optional<URI> baseUrl();

    /**
     * Returns a static token for requests to Backstage. Backstage configures such tokens in {@code
     * backend.auth.externalAccess}.
     */
    Optional<Secret> token();

    /** Returns the timeout for a response of the catalog, in milliseconds. */
    @Setting(byDefault = "2000", min = 100, max = 60_000)
    int timeoutMillis();

    /** Returns the catalog refresh interval, in seconds. */
    @Setting(byDefault = "30", min = 1, max = 3_600)
    int cacheSeconds();

    /** Returns the maximum age of catalog data, in seconds. Older data is not used. */
    @Setting(byDefault = "60", min = 1, max = 3_600)
    int staleSeconds();

    /**
     * Returns the maximum number of groups in the catalog. The number of cached users has the same
     * maximum.
     */
    @Setting(byDefault = "10000", min = 1, max = 1_000_000)
    int maximumEntries();
  }
}
