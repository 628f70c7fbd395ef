package io.accesstokens.app;

import io.accesstokens.verify.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Checks the host to which the server of {@code java -jar} binds.
 *
 * <p>This class looks up the host name, because the server binds to the addresses of the name. No
 * other host name is looked up during the validation of the settings.
 */
public final class ListeningHost {

  private ListeningHost() {}

  /**
   * Returns true if all addresses of a host are loopback addresses.
   *
   * @param host a host name or an IP address; an IPv6 address may have brackets
   * @throws UnknownHostException if the host name has no address
   */
  public static boolean isLoopback(String host) throws UnknownHostException {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    IpAddress address =
        IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host).orElse(null);
    return address != null
        ? address.isLoopback()
        : Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
  }
}
