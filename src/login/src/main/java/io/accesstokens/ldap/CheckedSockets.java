package io.accesstokens.ldap;

import java.io.IOException;
import java.net.InetAddress;
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

  private final SSLSocketFactory sockets;
  private final int timeoutMillis;

  /**
   * Creates a socket factory.
   *
   * @param timeout the timeout of each read during the handshake; the LDAP library sets the
   *     timeouts after the handshake
   */
  CheckedSockets(SSLSocketFactory sockets, Duration timeout) {
    this.sockets = sockets;
    this.timeoutMillis = (int) timeout.toMillis();
  }

  private Socket checked(Socket socket) throws IOException {
    socket.setSoTimeout(timeoutMillis);
    SSLSocket tls = (SSLSocket) socket;
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(RULES);
    tls.setSSLParameters(parameters);
    return tls;
  }

  @Override
  public Socket createSocket() throws IOException {
    return checked(sockets.createSocket());
  }

  @Override
  public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
      throws IOException {
    return checked(sockets.createSocket(plain, host, port, autoClose));
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return checked(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return checked(sockets.createSocket(host, port, from, fromPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return checked(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return checked(sockets.createSocket(host, port, from, fromPort));
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return sockets.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return sockets.getSupportedCipherSuites();
  }
}
