package io.accesstokens.ldap;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The address and the connection settings of an LDAP server. The settings include the password of
 * the service account, but {@link #toString} does not return the password.
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
public record LdapServer(
    String host,
    int port,
    Security security,
    @Nullable Path caFile,
    @Nullable String bindDn,
    @Nullable Supplier<String> bindPassword,
    Duration connectTimeout,
    Duration readTimeout,
    int maximumConnections) {

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

  /** Returns the host and the port, without the password. */
  @Override
  public String toString() {
    return host + ':' + port;
  }
}
