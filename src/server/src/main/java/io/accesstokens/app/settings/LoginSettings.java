package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The login methods of users. */
public interface LoginSettings {

  /** Returns true if users can authenticate with HTTP Basic. */
  @Setting(byDefault = "true")
  boolean basic();

  /**
   * Returns the file with the users and their password hashes. If no users file, realm, LDAP server
   * or OpenID provider is configured, the built-in sample users can sign in.
   */
  Optional<Path> usersFile();

  /**
   * Returns true if the servlet container's realm authenticates the users, instead of a users file.
   */
  @Setting(byDefault = "false")
  boolean container();

  /**
   * Returns the template for the entity ref of a user of the realm. The placeholder {@code {name}}
   * represents the username in the realm.
   */
  @Setting(byDefault = "user:default/{name}")
  String containerUserEntityRef();

  /** Returns the trusted issuers. JWTs of these issuers are accepted as bearer tokens. */
  List<JwtIssuer> jwt();

  /**
   * Returns the LDAP server for users and groups. The LDAP server is disabled if its URL is absent.
   */
  Ldap ldap();

  /** Returns the OpenID provider for sign-in, in addition to the other login methods. */
  OidcSettings oidc();

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
}
