package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * All settings as they were configured: names, types and defaults. Each method is a setting or a
 * section. Its name is {@code accessTokens.} and its path. {@link Configuration} has the values
 * that are derived from several settings; {@link SettingsLoader} creates both.
 *
 * <p>{@code host}, {@code port} and {@code tls} apply to {@code java -jar}. A servlet container has
 * connectors of its own.
 *
 * <p>Instances are immutable and do not show their content in {@code toString}.
 */
public interface Settings {

  /** The prefix of every setting; a dot follows it. */
  String PREFIX = "accessTokens";

  /** Returns the address of the listening socket: a host name or an IP address. */
  @Setting(byDefault = "127.0.0.1")
  String host();

  /** Returns the TCP port of the listening socket; 0 selects any free port. */
  @Setting(byDefault = "8080", min = 0, max = 65_535)
  int port();

  /**
   * Returns the URL under which clients reach the application: http or https, without query and
   * user.
   */
  Optional<URI> publicUrl();

  /**
   * Returns the proxies whose forwarding headers are trusted: addresses, and ranges such as {@code
   * 10.0.0.0/8}.
   */
  Optional<List<String>> trustedProxies();

  /**
   * Returns the limits on wrong credentials and on frequent changes. Above a limit the response is
   * 429.
   */
  RateLimits rateLimits();

  /** Returns the limits on the time and number of requests that are processed at once. */
  Requests requests();

  /** Returns the settings for calls from pages of other origins (CORS). */
  Cors cors();

  /** Returns the directory for data, including H2's files; relative to the base directory. */
  @Setting(byDefault = "./data")
  Path dataDir();

  /** Returns true if all data is lost when the process ends. */
  @Setting(byDefault = "false")
  boolean inMemory();

  /** Returns the HTTPS settings of {@code java -jar}. */
  Tls tls();

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

  /** Returns the login methods. */
  Login login();

  /** Returns the lifetime of sessions. */
  Session session();

  /** Returns the source of groups and their members. */
  Directory directory();

  /** Returns the storage of tokens. */
  Database database();

  /** Returns the settings of replicas that share a database. */
  Cluster cluster();

  /** Limits on wrong credentials and on frequent changes. Above a limit the response is 429. */
  interface RateLimits {

    /**
     * Returns the maximum number of unknown but well-formed raw tokens per minute and address; 0
     * means no limit.
     */
    @Setting(byDefault = "600", min = 0, max = 1_000_000)
    int unknownTokensPerMinute();

    /**
     * Returns the maximum number of wrong passwords per minute, for one user from one address; 0
     * means no limit.
     */
    @Setting(byDefault = "10", min = 0, max = 1_000_000)
    int failedSignInsPerMinute();

    /**
     * Returns how many personal tokens a user can create and revoke per minute; 0 means no limit.
     */
    @Setting(byDefault = "60", min = 0, max = 1_000_000)
    int personalTokenChangesPerMinute();

    /**
     * Returns how many personal tokens a user can exchange for short-lived tokens per minute; 0
     * means no limit.
     */
    @Setting(byDefault = "60", min = 0, max = 1_000_000)
    int tokenExchangesPerMinute();
  }

  /** Limits on the time and number of requests that are processed at once. */
  interface Requests {

    /** Returns the number of seconds within which the head and body of a request must arrive. */
    @Setting(byDefault = "10", min = 1, max = 600)
    int deadlineSeconds();

    /** Returns the maximum number of requests from one address whose head or body is incomplete. */
    @Setting(byDefault = "50", min = 1, max = 100_000)
    int incompletePerAddress();

    /** Returns the maximum number of requests that are processed at once, without health checks. */
    @Setting(byDefault = "175", min = 1, max = 10_000)
    int maxConcurrent();
  }

  /** HTTPS for {@code java -jar}. Both files are required, or neither. */
  interface Tls {

    /** Returns the PEM file with the certificate and its chain. */
    Optional<Path> certificate();

    /** Returns the PEM file with the private key. */
    Optional<Path> key();
  }

  /** Settings of service tokens. */
  interface Service {

    /** Returns the maximum lifetime of a token in days, inclusive. */
    @Setting(byDefault = "365", min = 1, max = 36_500)
    int maxTokenLifetimeDays();

    /**
     * Returns the lifetime in days of a token that is created without one; if absent, the maximum.
     */
    @Setting(min = 1, max = 36_500)
    OptionalInt defaultTokenLifetimeDays();

    /**
     * Returns the scopes in addition to the built-in ones, in the order in which they are shown.
     */
    List<Scope> scopes();

    /** Returns the admins, who have all permissions on all tokens. */
    Grantees admin();

    /** Returns the auditors, who can see all tokens. */
    Grantees auditor();

    /** Returns true if tokens can have the permissions of this service as scopes. */
    @Setting(byDefault = "false")
    boolean allowTokenManagement();

    /** Returns true if tokens can have the permission to introspect as a scope. */
    @Setting(byDefault = "false")
    boolean allowIntrospection();

    /**
     * Returns the maximum number of seconds for which a verdict may be cached; 0 forbids caching.
     */
    @Setting(byDefault = "60", min = 0, max = 86_400)
    int cacheTtlSeconds();
  }

  /** Settings of personal tokens. */
  interface Personal {

    /** Returns true if users can have personal tokens. */
    @Setting(byDefault = "true")
    boolean enabled();

    /** Returns the lifetime in days of a token that is created without one; at most the maximum. */
    @Setting(byDefault = "30", min = 1, max = 36_500)
    int defaultExpiryDays();

    /** Returns the maximum lifetime of a token in days, inclusive. */
    @Setting(byDefault = "365", min = 1, max = 36_500)
    int maxExpiryDays();

    /** Returns the maximum number of tokens of a user that are neither revoked nor expired. */
    @Setting(byDefault = "200", min = 1, max = 10_000)
    int maxLiveTokens();

    /** Returns the key that encrypts signing keys at rest: base64 of 32 bytes. */
    Optional<Secret> encryptionKey();

    /** Returns the file that contains the key, instead of {@link #encryptionKey()}. */
    Optional<Path> encryptionKeyFile();

    /** Returns the number of days for which a key signs short-lived tokens. */
    @Setting(byDefault = "90", min = 1, max = 3_650)
    int signingKeyDays();

    /** Returns the values of {@code aud} in short-lived tokens; if absent, this server. */
    Optional<List<String>> audience();

    /**
     * Returns the scopes that audiences of short-lived tokens require. By default they require
     * none.
     */
    List<AudienceScopes> audienceScopes();
  }

  /** The scopes that one audience of short-lived tokens requires. */
  interface AudienceScopes {

    /** Returns the audience, which is one of {@link Personal#audience()}. */
    String audience();

    /** Returns the scopes of the catalog that are all required; at least one. */
    Optional<List<String>> scopes();
  }

  /** A scope. All three settings are required. */
  interface Scope {

    /** Returns the scope-token (RFC 6749, section 3.3). */
    String id();

    /** Returns a sentence that says what the scope allows. */
    String description();

    /** Returns the part of the platform to which the scope belongs. */
    String plugin();
  }

  /** Users who receive a permission: named individually, by a group, or by a role. */
  interface Grantees {

    /** Returns the users, for example {@code user:default/alice}. */
    Optional<List<String>> userEntityRefs();

    /** Returns the groups, for example {@code group:default/platform}. */
    Optional<List<String>> groupEntityRefs();

    /** Returns the names of the servlet container's roles; requires {@link Login#container()}. */
    Optional<List<String>> roles();
  }

  /** The users who can introspect tokens, in addition to admins and tokens with the scope. */
  interface Introspection {

    /** Returns the users, for example {@code user:default/gateway}. */
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
     * Returns true if tokens without a checksum are also looked up: those of the Backstage plugin.
     */
    @Setting(byDefault = "false")
    boolean acceptWithoutChecksum();
  }

  /** The login methods of users. */
  interface Login {

    /** Returns true if users can use HTTP Basic. */
    @Setting(byDefault = "true")
    boolean basic();

    /**
     * Returns the file with the users and their password hashes; if absent, the built-in sample
     * users.
     */
    Optional<Path> usersFile();

    /** Returns true if the servlet container's realm authenticates the users, instead of a file. */
    @Setting(byDefault = "false")
    boolean container();

    /**
     * Returns the template for the ref of a user of the realm; {@code {name}} is the name from the
     * realm.
     */
    @Setting(byDefault = "user:default/{name}")
    String containerUserEntityRef();

    /** Returns the issuers whose JWTs are accepted as bearer tokens. */
    List<JwtIssuer> jwt();

    /** Returns the LDAP server for users and groups; it is disabled without a URL. */
    Ldap ldap();

    /** Returns the OpenID provider for sign-in, in addition to the other methods. */
    OidcSettings oidc();
  }

  /** An issuer of JWTs. Settings without a default are required. */
  interface JwtIssuer {

    /** Returns the {@code iss} of its tokens. */
    String issuer();

    /** Returns the audience that must be in the {@code aud} of its tokens. */
    String audience();

    /** Returns the URL of its keys (RFC 7517): https, or http on this machine. */
    String jwksUrl();

    /** Returns the signature algorithms that it may use, separated by commas. */
    @Setting(byDefault = "ES256,RS256")
    String algorithms();

    /** Returns the template for the ref of the token's user; the placeholder is a claim. */
    @Setting(byDefault = "{sub}")
    String userEntityRef();

    /**
     * Returns the template for the refs of the user's groups; the placeholder is a claim with a
     * list.
     */
    @Setting(byDefault = "{ent}")
    String groupEntityRef();

    /** Returns the tolerated clock difference, in seconds. */
    @Setting(byDefault = "60", min = 0, max = 300)
    int clockSkewSeconds();

    /** Returns the timeout for reading its keys, in milliseconds. */
    @Setting(byDefault = "3000", min = 100, max = 30_000)
    int timeoutMillis();
  }

  /** An LDAP server. */
  interface Ldap {

    /** Returns the URL: {@code ldap://host:389} or {@code ldaps://host:636}. */
    Optional<URI> url();

    /** Returns true if StartTLS encrypts an {@code ldap:} connection before any other operation. */
    @Setting(byDefault = "false")
    boolean startTls();

    /**
     * Returns the PEM file with the certificates of trusted authorities; if absent, those of the
     * JVM.
     */
    Optional<Path> caFile();

    /**
     * Returns the DN that binds to search for users and groups; if absent, the search is anonymous.
     */
    Optional<String> bindDn();

    /** Returns the password of {@link #bindDn()}. */
    Optional<Secret> bindPassword();

    /**
     * Returns the file that contains this password in one line, instead of {@link #bindPassword()}.
     */
    Optional<Path> bindPasswordFile();

    /** Returns the DN below which users are searched. */
    Optional<String> userBase();

    /** Returns the filter for users who can sign in (RFC 4515). */
    @Setting(byDefault = "(objectClass=inetOrgPerson)")
    String userFilter();

    /** Returns the attribute that contains the user's login name. */
    @Setting(byDefault = "uid")
    String usernameAttribute();

    /** Returns the template for the ref of a user; the placeholder is an attribute. */
    @Setting(byDefault = "user:default/{uid}")
    String userEntityRef();

    /** Returns the attribute that contains the display name of a user. */
    @Setting(byDefault = "cn")
    String displayNameAttribute();

    /**
     * Returns the DN below which groups are searched; if absent, groups are not read from this
     * server.
     */
    Optional<String> groupBase();

    /** Returns the filter for groups (RFC 4515). */
    @Setting(byDefault = "(objectClass=groupOfNames)")
    String groupFilter();

    /** Returns the template for the ref of a group; the placeholder is an attribute. */
    @Setting(byDefault = "group:default/{cn}")
    String groupEntityRef();

    /**
     * Returns the attribute that lists members by their DNs or, in {@code memberUid}, by their
     * names.
     */
    @Setting(byDefault = "member")
    String memberAttribute();

    /** Returns the number of seconds for which memberships are cached. */
    @Setting(byDefault = "30", min = 0, max = 3_600)
    int cacheSeconds();

    /** Returns the connect timeout, in milliseconds. */
    @Setting(byDefault = "2000", min = 100, max = 30_000)
    int connectTimeoutMillis();

    /** Returns the response timeout, in milliseconds. */
    @Setting(byDefault = "3000", min = 100, max = 30_000)
    int readTimeoutMillis();

    /** Returns the maximum number of open connections. */
    @Setting(byDefault = "8", min = 1, max = 200)
    int maximumConnections();
  }

  /** Calls from pages of other origins (CORS). */
  interface Cors {

    /** Returns the allowed origins, for example {@code https://backstage.example.com}. */
    Optional<List<String>> allowedOrigins();
  }

  /** The lifetime of sessions. */
  interface Session {

    /** Returns the number of minutes without a request after which a session ends. */
    @Setting(byDefault = "30", min = 1, max = 10_080)
    int idleMinutes();

    /** Returns the number of hours after which a session ends in any case. */
    @Setting(byDefault = "12", min = 1, max = 720)
    int absoluteHours();

    /**
     * Returns the number of hours after a sign-in within which its session can create tokens with
     * scopes that do more than read; 0 means as long as the session lasts.
     */
    @Setting(byDefault = "12", min = 0, max = 720)
    int freshSignInHours();
  }

  /** The source of groups and their members. */
  interface Directory {

    /** Returns the file with groups and their members; if absent, the built-in sample groups. */
    Optional<Path> groupsFile();

    /** Returns true if members of a group are also members of its parent groups. */
    @Setting(byDefault = "true")
    boolean nestedGroups();

    /** Returns the catalog of a running Backstage, instead of a file. */
    Backstage backstage();
  }

  /** The catalog of a running Backstage. */
  interface Backstage {

    /** Returns the URL before {@code /api/catalog}: http or https. */
    Optional<URI> baseUrl();

    /** Returns a static token of Backstage's {@code backend.auth.externalAccess}. */
    Optional<Secret> token();

    /** Returns the file that contains this token in one line, instead of {@link #token()}. */
    Optional<Path> tokenFile();

    /** Returns the response timeout of the catalog, in milliseconds. */
    @Setting(byDefault = "2000", min = 100, max = 60_000)
    int timeoutMillis();

    /** Returns the catalog refresh interval, in seconds. */
    @Setting(byDefault = "30", min = 1, max = 3_600)
    int cacheSeconds();

    /** Returns the number of seconds after which catalog data is no longer used. */
    @Setting(byDefault = "60", min = 1, max = 3_600)
    int staleSeconds();

    /** Returns the maximum number of groups in the catalog, and of cached users. */
    @Setting(byDefault = "10000", min = 1, max = 1_000_000)
    int maximumEntries();
  }

  /** The storage of tokens. */
  interface Database {

    /**
     * Returns the JDBC URL, {@code jdbc:mariadb:…} or {@code jdbc:h2:…}; if absent, H2 files in
     * {@link #dataDir()}.
     */
    Optional<String> url();

    /** Returns the name of the database user. */
    Optional<String> user();

    /** Returns the password of the database user. */
    Optional<Secret> password();

    /** Returns the file that contains this password in one line, instead of {@link #password()}. */
    Optional<Path> passwordFile();

    /**
     * Returns true if the URL may reach another machine without TLS that verifies the server's
     * certificate and name.
     */
    @Setting(byDefault = "false")
    boolean allowPlaintext();

    /** Returns the maximum number of open connections. */
    @Setting(byDefault = "10", min = 1, max = 1_000)
    int maximumPoolSize();

    /** Returns the JNDI name of a container's {@code DataSource}, instead of a URL. */
    Optional<String> jndiName();
  }

  /** The terms on which replicas share a database. */
  interface Cluster {

    /** Returns single or many; if absent, single on H2 and in memory, and many otherwise. */
    Optional<Replicas> replicas();

    /**
     * Returns the length of a lease in milliseconds: how long a replica may use what it last read
     * of the change feed.
     */
    @Setting(byDefault = "500", min = 100, max = 60_000)
    int leaseMillis();

    /**
     * Returns what happens to cached verdicts if the store is unavailable after the lease has
     * ended.
     */
    @Setting(byDefault = "refuse")
    OnStoreOutage onStoreOutage();

    /**
     * Returns the number of seconds for which they are then served. Each revocation also waits this
     * long.
     */
    @Setting(byDefault = "30", min = 1, max = 3_600)
    int serveCachedSeconds();
  }
}
