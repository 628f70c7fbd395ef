package io.accesstokens.app.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMapping.NamingStrategy;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Every setting, as it was given: names, types and defaults. Each method is a setting (or a
 * section), named {@code accessTokens.} and its path. What follows from the settings together is in
 * {@link Configuration}; {@link SettingsLoader} makes both.
 *
 * <p>{@code host}, {@code port} and {@code tls} are for {@code java -jar}; a servlet container has
 * connectors of its own.
 *
 * <p>Instances are immutable and do not show their content in {@code toString}.
 */
@ConfigMapping(prefix = Settings.PREFIX, namingStrategy = NamingStrategy.VERBATIM)
public interface Settings {

  /** Starts the name of every setting, followed by a dot. */
  String PREFIX = "accessTokens";

  /** Address of the listening socket: a host name or an IP address. */
  @WithDefault("127.0.0.1")
  String host();

  /** TCP port of the listening socket; 0 takes any free one. */
  @WithDefault("8080")
  @Bounds(min = 0, max = 65_535)
  int port();

  /** Where the application is reached from outside: http or https, no query, no user. */
  Optional<URI> publicUrl();

  /**
   * Proxies whose word on where a request comes from counts: addresses, and ranges such as {@code
   * 10.0.0.0/8}.
   */
  Optional<List<String>> trustedProxies();

  /** How many wrong credentials are answered as such before the answer is 429. */
  RateLimits rateLimits();

  /** The time, number and share of requests that are served at a time. */
  Requests requests();

  /** Which pages of other origins may call the API. */
  Cors cors();

  /** Directory for data, H2's files among them; relative to the working directory. */
  @WithDefault("./data")
  Path dataDir();

  /** Whether nothing is kept beyond the life of the process. */
  @WithDefault("false")
  boolean inMemory();

  /** HTTPS for {@code java -jar}. */
  Tls tls();

  /** Service tokens. */
  Service service();

  /** Personal tokens. */
  Personal personal();

  /** Who may ask whether a token is good (RFC 7662). */
  Introspection introspection();

  /** Who may do what, and what may be issued, beside the above. */
  PolicySettings policy();

  /** The form of raw tokens. */
  RawTokens rawToken();

  /** How people prove who they are. */
  Login login();

  /** How long people stay signed in. */
  Session session();

  /** Where groups and their members come from. */
  Directory directory();

  /** Where tokens are stored. */
  Database database();

  /** How replicas share a database. */
  Cluster cluster();

  /** How many wrong credentials are answered as such before the answer is 429. */
  interface RateLimits {

    /** Well-formed raw tokens that are not known, a minute, from one address; 0: no limit. */
    @WithDefault("600")
    @Bounds(min = 0, max = 1_000_000)
    int unknownTokensPerMinute();

    /** Wrong passwords, a minute, for one person from one address; 0: no limit. */
    @WithDefault("10")
    @Bounds(min = 0, max = 1_000_000)
    int failedSignInsPerMinute();

    /** Personal tokens made and revoked, a minute, by one user; 0: no limit. */
    @WithDefault("60")
    @Bounds(min = 0, max = 1_000_000)
    int personalTokenChangesPerMinute();

    /** Personal tokens exchanged for short-lived ones, a minute, by one user; 0: no limit. */
    @WithDefault("60")
    @Bounds(min = 0, max = 1_000_000)
    int tokenExchangesPerMinute();
  }

  /** The time, number and share of requests that are served at a time. */
  interface Requests {

    /** Seconds within which head and body of a request have to arrive. */
    @WithDefault("10")
    @Bounds(min = 1, max = 600)
    int deadlineSeconds();

    /** Maximum number of requests from one address whose head or body is incomplete. */
    @WithDefault("50")
    @Bounds(min = 1, max = 100_000)
    int incompletePerAddress();

    /** Maximum number of requests that are processed at a time, without health checks. */
    @WithDefault("175")
    @Bounds(min = 1, max = 10_000)
    int maxConcurrent();
  }

  /** HTTPS for {@code java -jar}: both files or none. */
  interface Tls {

    /** PEM file: the certificate and its chain. */
    Optional<Path> certificate();

    /** PEM file: the private key. */
    Optional<Path> key();
  }

  /** Service tokens. */
  interface Service {

    /** The longest life of a token in days, inclusive. */
    @WithDefault("365")
    @Bounds(min = 1, max = 36_500)
    int maxTokenLifetimeDays();

    /** The life in days of a token for which none was asked; absent: the maximum. */
    @Bounds(min = 1, max = 36_500)
    OptionalInt defaultTokenLifetimeDays();

    /** Scopes beside the built-in ones, in the order in which they are shown. */
    List<Scope> scopes();

    /** Who may do everything with every token. */
    Grantees admin();

    /** Who may see every token. */
    Grantees auditor();

    /** Whether tokens can be given this service's permissions as scopes. */
    @WithDefault("false")
    boolean allowTokenManagement();

    /** Whether tokens can be given the permission to introspect as a scope. */
    @WithDefault("false")
    boolean allowIntrospection();

    /** For how many seconds a verdict may be cached at most; 0 forbids it. */
    @WithDefault("60")
    @Bounds(min = 0, max = 86_400)
    int cacheTtlSeconds();
  }

  /** Personal tokens. */
  interface Personal {

    /** Whether there are any. */
    @WithDefault("true")
    boolean enabled();

    /** The life in days of a token for which none was asked; never more than the maximum. */
    @WithDefault("30")
    @Bounds(min = 1, max = 36_500)
    int defaultExpiryDays();

    /** The longest life of a token in days, inclusive. */
    @WithDefault("365")
    @Bounds(min = 1, max = 36_500)
    int maxExpiryDays();

    /** How many tokens a user may have that are neither revoked nor expired. */
    @WithDefault("200")
    @Bounds(min = 1, max = 10_000)
    int maxLiveTokens();

    /** Base64 of the 32 bytes that encrypt signing keys at rest. */
    Optional<Secret> encryptionKey();

    /** A file that holds the same. */
    Optional<Path> encryptionKeyFile();

    /** For how many days a key signs short-lived tokens. */
    @WithDefault("90")
    @Bounds(min = 1, max = 3_650)
    int signingKeyDays();

    /** The {@code aud} of short-lived tokens; absent: this server. */
    Optional<List<String>> audience();

    /** The scopes that short-lived tokens must have to be for an audience; by default none. */
    List<AudienceScopes> audienceScopes();
  }

  /** The scopes that one audience of short-lived tokens requires. */
  interface AudienceScopes {

    /** One of {@link Personal#audience()}. */
    String audience();

    /** Scopes of the catalog, all of which are required; at least one. */
    Optional<List<String>> scopes();
  }

  /** A scope; all three are required. */
  interface Scope {

    /** A scope-token of RFC 6749, section 3.3. */
    String id();

    /** Says in a sentence what it allows. */
    String description();

    /** The part of the platform to which it belongs. */
    String plugin();
  }

  /** Persons, named one by one, by a group to which they belong, or by a role they have. */
  interface Grantees {

    /** For example {@code user:default/alice}. */
    Optional<List<String>> userEntityRefs();

    /** For example {@code group:default/platform}. */
    Optional<List<String>> groupEntityRefs();

    /** Names of the servlet container's roles; needs {@link Login#container()}. */
    Optional<List<String>> roles();
  }

  /** Who may ask whether a token is good, beside admins and tokens that have the scope. */
  interface Introspection {

    /** For example {@code user:default/gateway}. */
    Optional<List<String>> userEntityRefs();
  }

  /** The form of raw tokens; the rules are those of the domain's raw token format. */
  interface RawTokens {

    /** Starts every service token. */
    @WithDefault("bsat_")
    String servicePrefix();

    /** Starts every personal token. */
    @WithDefault("bpat_")
    String personalPrefix();

    /** Whether tokens without a checksum are looked up, too: those of the Backstage plugin. */
    @WithDefault("false")
    boolean acceptWithoutChecksum();
  }

  /** How people prove who they are. */
  interface Login {

    /** Whether people may use HTTP Basic. */
    @WithDefault("true")
    boolean basic();

    /** The people and their password hashes; absent: the built-in sample people. */
    Optional<Path> usersFile();

    /** Whether the servlet container's realm knows the people, instead of a file. */
    @WithDefault("false")
    boolean container();

    /** Who somebody of the realm is; {@code {name}} stands for the name that the realm gives. */
    @WithDefault("user:default/{name}")
    String containerUserEntityRef();

    /** Issuers whose JWTs people may send as bearer tokens. */
    List<JwtIssuer> jwt();

    /** An LDAP server that knows people and groups; absent without a URL. */
    Ldap ldap();

    /** An OpenID provider at which people sign in, beside the others. */
    OidcSettings oidc();
  }

  /** An issuer of JWTs; what has no default is required. */
  interface JwtIssuer {

    /** The {@code iss} of its tokens. */
    String issuer();

    /** One of the {@code aud} of its tokens. */
    String audience();

    /** Where it publishes its keys (RFC 7517): https, or http on this machine. */
    String jwksUrl();

    /** The signature algorithms that it may use, with commas. */
    @WithDefault("ES256,RS256")
    String algorithms();

    /** Who the token's user is; the placeholder is a claim. */
    @WithDefault("{sub}")
    String userEntityRef();

    /** Which groups the user belongs to; the placeholder is a claim that holds a list. */
    @WithDefault("{ent}")
    String groupEntityRef();

    /** By how many seconds its clock may differ. */
    @WithDefault("60")
    @Bounds(min = 0, max = 300)
    int clockSkewSeconds();

    /** Within how many milliseconds its keys have to be read. */
    @WithDefault("3000")
    @Bounds(min = 100, max = 30_000)
    int timeoutMillis();
  }

  /** An LDAP server. */
  interface Ldap {

    /** {@code ldap://host:389} or {@code ldaps://host:636}. */
    Optional<URI> url();

    /** Whether an {@code ldap:} connection is encrypted before anything else is said. */
    @WithDefault("false")
    boolean startTls();

    /** PEM file with the certificates of the authorities to trust; absent: those of the JVM. */
    Optional<Path> caFile();

    /** The DN as which people and groups are searched; absent: anonymously. */
    Optional<String> bindDn();

    /** Its password. */
    Optional<Secret> bindPassword();

    /** File that holds that password, one line, instead of {@link #bindPassword()}. */
    Optional<Path> bindPasswordFile();

    /** The DN below which people are. */
    Optional<String> userBase();

    /** Who counts as a person that may sign in (RFC 4515). */
    @WithDefault("(objectClass=inetOrgPerson)")
    String userFilter();

    /** The attribute that people type in as their name. */
    @WithDefault("uid")
    String usernameAttribute();

    /** Who somebody is; the placeholder is an attribute. */
    @WithDefault("user:default/{uid}")
    String userEntityRef();

    /** The attribute by which the pages address people. */
    @WithDefault("cn")
    String displayNameAttribute();

    /** The DN below which groups are; absent: groups are not taken from this server. */
    Optional<String> groupBase();

    /** What counts as a group (RFC 4515). */
    @WithDefault("(objectClass=groupOfNames)")
    String groupFilter();

    /** Which group it is; the placeholder is an attribute. */
    @WithDefault("group:default/{cn}")
    String groupEntityRef();

    /** The attribute that lists members: their DNs or, in {@code memberUid}, their names. */
    @WithDefault("member")
    String memberAttribute();

    /** For how many seconds memberships are remembered. */
    @WithDefault("30")
    @Bounds(min = 0, max = 3_600)
    int cacheSeconds();

    /** Within how many milliseconds a connection has to be made. */
    @WithDefault("2000")
    @Bounds(min = 100, max = 30_000)
    int connectTimeoutMillis();

    /** Within how many milliseconds the server has to answer. */
    @WithDefault("3000")
    @Bounds(min = 100, max = 30_000)
    int readTimeoutMillis();

    /** How many connections are open at most. */
    @WithDefault("8")
    @Bounds(min = 1, max = 200)
    int maximumConnections();
  }

  /** Which pages of other origins may call the API. */
  interface Cors {

    /** Origins, such as {@code https://backstage.example.com}. */
    Optional<List<String>> allowedOrigins();
  }

  /** How long people stay signed in. */
  interface Session {

    /** For how many minutes without a request. */
    @WithDefault("30")
    @Bounds(min = 1, max = 10_080)
    int idleMinutes();

    /** For how many hours at most. */
    @WithDefault("12")
    @Bounds(min = 1, max = 720)
    int absoluteHours();

    /**
     * How many hours after a sign-in its session creates tokens with scopes that do more than read;
     * 0: as long as it lasts.
     */
    @WithDefault("12")
    @Bounds(min = 0, max = 720)
    int freshSignInHours();
  }

  /** Where groups and their members come from. */
  interface Directory {

    /** Groups and their members; absent: the built-in sample groups. */
    Optional<Path> groupsFile();

    /** Whether the members of a group are members of the groups that it is part of. */
    @WithDefault("true")
    boolean nestedGroups();

    /** The catalog of a running Backstage, instead of a file. */
    Backstage backstage();
  }

  /** The catalog of a running Backstage. */
  interface Backstage {

    /** What comes before {@code /api/catalog}: http or https. */
    Optional<URI> baseUrl();

    /** A static token of Backstage's {@code backend.auth.externalAccess}. */
    Optional<Secret> token();

    /** File that holds that token, one line, instead of {@link #token()}. */
    Optional<Path> tokenFile();

    /** For how many milliseconds an answer of the catalog is waited for. */
    @WithDefault("2000")
    @Bounds(min = 100, max = 60_000)
    int timeoutMillis();

    /** After how many seconds what the catalog said is asked for anew. */
    @WithDefault("30")
    @Bounds(min = 1, max = 3_600)
    int cacheSeconds();

    /** After how many seconds what the catalog said is not used any more. */
    @WithDefault("60")
    @Bounds(min = 1, max = 3_600)
    int staleSeconds();

    /** How many groups the catalog may have, and how many users are remembered. */
    @WithDefault("10000")
    @Bounds(min = 1, max = 1_000_000)
    int maximumEntries();
  }

  /** Where tokens are stored. */
  interface Database {

    /** {@code jdbc:mariadb:…} or {@code jdbc:h2:…}; absent: H2 files in {@link #dataDir()}. */
    Optional<String> url();

    /** Name of the database's user. */
    Optional<String> user();

    /** Password of the database's user. */
    Optional<Secret> password();

    /** File that holds that password, one line, instead of {@link #password()}. */
    Optional<Path> passwordFile();

    /**
     * Allows a URL that reaches another machine without TLS that verifies the server's certificate
     * and name.
     */
    @WithDefault("false")
    boolean allowPlaintext();

    /** How many connections are open at most. */
    @WithDefault("10")
    @Bounds(min = 1, max = 1_000)
    int maximumPoolSize();

    /** JNDI name of a container's DataSource, instead of a URL. */
    Optional<String> jndiName();
  }

  /** How replicas share a database. */
  interface Cluster {

    /** Absent: single on H2 and in memory, many otherwise. */
    Optional<Replicas> replicas();

    /** For how many milliseconds a replica may rely on what it last read of changes. */
    @WithDefault("500")
    @Bounds(min = 100, max = 60_000)
    int leaseMillis();

    /** What becomes of cached verdicts when the store is out of reach for longer than that. */
    @WithDefault("refuse")
    OnStoreOutage onStoreOutage();

    /** For how many seconds they are served then; each revocation waits for so long, too. */
    @WithDefault("30")
    @Bounds(min = 1, max = 3_600)
    int serveCachedSeconds();
  }
}
