package io.accesstokens.ldap;

import io.accesstokens.file.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Creates TLS sockets. The handshake has a timeout, and fails if the certificate does not match the
 * host. This class is necessary because the LDAP library checks the host name only after the
 * handshake, or not at all. The timeouts of the library also begin only after the handshake.
 */
final class CheckedSockets extends SSLSocketFactory {

  /**
   * The JDK's name of the algorithm that compares the host name with the certificate (RFC 2830,
   * section 3.6; RFC 4513, section 3.1.3).
   */
  private static final String RULES = "LDAPS";

  private final TrustedAuthorities authorities;
  private final String host;
  private final int timeoutMillis;

  /**
   * Creates a socket factory.
   *
   * @param authorities the authorities that each new socket trusts
   * @param host the host that the certificate must match
   * @param timeout the timeout of the connection attempt, and of each response during the
   *     handshake. After the handshake, the timeouts of the LDAP library apply
   */
  CheckedSockets(TrustedAuthorities authorities, String host, Duration timeout) {
    this.authorities = authorities;
    this.host = host;
    this.timeoutMillis = (int) timeout.toMillis();
  }

  /**
   * Returns a TLS socket that uses the connection of the given socket. The LDAP library calls this
   * method for StartTLS.
   */
  @Override
  public Socket createSocket(Socket plain, String connectedHost, int port, boolean autoClose)
      throws IOException {
    plain.setSoTimeout(timeoutMillis);
    SSLSocket tls =
        (SSLSocket) authorities.socketFactory().createSocket(plain, host, port, autoClose);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(RULES);
    tls.setSSLParameters(parameters);
    return tls;
  }

  /** Returns a new, connected TLS socket. The LDAP library calls this method for {@code ldaps:}. */
  @Override
  public Socket createSocket(InetAddress address, int port) throws IOException {
    Socket plain = new LdapSocket();
    try {
      plain.connect(new InetSocketAddress(address, port), timeoutMillis);
      return createSocket(plain, host, port, true);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  @Override
  public Socket createSocket(String otherHost, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String otherHost, int port, InetAddress from, int fromPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress from, int fromPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return authorities.socketFactory().getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return authorities.socketFactory().getSupportedCipherSuites();
  }
}
