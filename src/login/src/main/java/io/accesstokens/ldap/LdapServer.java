package io.accesstokens.ldap;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The address and the connection settings of an LDAP server. The settings include the password of
 * the service account, but {@link #toString} does not return the password.
 */
public final class LdapServer {

  /** The encryption of a connection. */
  public enum Security {
    /** The connection is not encrypted. */
    NONE,
    /** The connection begins in plain text and is encrypted before any other request is sent. */
    START_TLS,
    /** The connection is encrypted from the start ({@code ldaps:}). */
    TLS;

    /** Returns the standard port for this encryption. */
    public int usualPort() {
      return this == TLS ? 636 : 389;
    }
  }

  private final String host;
  private final int port;
  private final Security security;
  private final @Nullable Path caFile;
  private final @Nullable String bindDn;
  private final @Nullable Supplier<String> bindPassword;
  private final Duration connectTimeout;
  private final Duration readTimeout;
  private final int maximumConnections;

  /**
   * Creates the settings of a server.
   *
   * @param caFile a file with PEM certificates of the trusted authorities; null to trust the
   *     authorities of the JVM
   * @param bindDn the DN of the service account; null for anonymous access
   * @param bindPassword returns the current password of the service account, for each bind; null if
   *     there is no {@code bindDn}
   * @param connectTimeout the maximum time to open a connection, including the TLS handshake of
   *     {@code ldaps:}. With StartTLS, also the maximum time of each response of the handshake
   * @param readTimeout the maximum time of each response, until its last byte
   * @param maximumConnections the maximum number of connections in the pool, at least one
   */
  public LdapServer(
      String host,
      int port,
      Security security,
      @Nullable Path caFile,
      @Nullable String bindDn,
      @Nullable Supplier<String> bindPassword,
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

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  public Security security() {
    return security;
  }

  @Nullable Path caFile() {
    return caFile;
  }

  @Nullable String bindDn() {
    return bindDn;
  }

  /** Returns the supplier of the current password; null if there is no {@link #bindDn()}. */
  @Nullable Supplier<String> bindPassword() {
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

  /** Returns the host and the port, without the password. */
  @Override
  public String toString() {
    return host + ':' + port;
  }
}
