package io.accesstokens.ldap;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An LDAP server, and how it is spoken to. Holds a secret: {@link #toString} is redacted. */
public final class LdapServer {

  /** How what is said is kept from others. */
  public enum Security {
    /** It is not. */
    NONE,
    /** The connection begins in the clear and is encrypted before anything else is said. */
    START_TLS,
    /** The connection is encrypted from its beginning ({@code ldaps:}). */
    TLS;

    /** The port on which servers usually listen for that. */
    public int usualPort() {
      return this == TLS ? 636 : 389;
    }
  }

  private final String host;
  private final int port;
  private final Security security;
  private final @Nullable Path caFile;
  private final @Nullable String bindDn;
  private final @Nullable String bindPassword;
  private final Duration connectTimeout;
  private final Duration readTimeout;
  private final int maximumConnections;

  /**
   * @param caFile PEM certificates of the authorities that are trusted; null for those of the JVM
   * @param bindDn as whom it is asked; null for anonymously
   * @param bindPassword null if there is no bindDn
   * @param connectTimeout for a connection to be made, TLS included
   * @param readTimeout for each answer
   * @param maximumConnections at least one
   */
  public LdapServer(
      String host,
      int port,
      Security security,
      @Nullable Path caFile,
      @Nullable String bindDn,
      @Nullable String bindPassword,
      Duration connectTimeout,
      Duration readTimeout,
      int maximumConnections) {
    this.host = host;
    this.port = port;
    this.security = security;
    this.caFile = caFile;
    this.bindDn = bindDn;
    this.bindPassword = bindPassword;
    this.connectTimeout = connectTimeout;
    this.readTimeout = readTimeout;
    this.maximumConnections = maximumConnections;
  }

  /** A name or an address. */
  public String host() {
    return host;
  }

  /** The TCP port. */
  public int port() {
    return port;
  }

  /** How what is said is kept from others. */
  public Security security() {
    return security;
  }

  @Nullable Path caFile() {
    return caFile;
  }

  @Nullable String bindDn() {
    return bindDn;
  }

  @Nullable String bindPassword() {
    return bindPassword;
  }

  Duration connectTimeout() {
    return connectTimeout;
  }

  Duration readTimeout() {
    return readTimeout;
  }

  int maximumConnections() {
    return maximumConnections;
  }

  /** Where it is, without the password. */
  @Override
  public String toString() {
    return host + ':' + port;
  }
}
