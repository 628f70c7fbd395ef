package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.testing.server.ProxyServer;
import io.accesstokens.testing.server.RunningApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The proxies that the page "Verify behind a proxy" describes and that Debian has. Each starts with
 * the configuration of the page.
 */
enum DocumentedProxy {
  NGINX(true, 200, 500, 500, 5) {
    @Override
    ProxyServer start(Path folder, Ports ports) throws IOException {
      // Further listeners show clients with IPv6 addresses, and with IPv4-mapped addresses. All
      // also accept HTTP/2.
      String listeners =
          "http2 on; listen 127.0.0.1:%1$d; listen [::1]:%1$d;".formatted(ports.proxy())
              + "listen [::ffff:127.0.0.1]:%d ipv6only=off;".formatted(ports.mapping());
      String config = block("nginx: .*?", "nginx").replace("listen 127.0.0.1:8081;", listeners);
      Files.writeString(folder.resolve("site.conf"), ports.in(config));
      return ProxyServer.nginx(folder, ports.proxy());
    }
  },
  CADDY(true, 200, 502, 504, 5) {
    @Override
    ProxyServer start(Path folder, Ports ports) throws IOException {
      String config = block("caddy: .*?", "caddyfile");
      // The same site on a further port shows HTTP/2, which Caddy accepts by default with TLS.
      String http2 = config.replace(":8081", ":" + ports.http2());
      Files.writeString(folder.resolve("site.caddy"), ports.in(config + http2));
      return ProxyServer.caddy(folder, ports.proxy(), ports.http2());
    }
  },
  HAPROXY(true, 200, 503, 503, 5) {
    @Override
    ProxyServer start(Path folder, Ports ports) throws IOException {
      Path script =
          Files.writeString(
              folder.resolve("verify-token.lua"), block("haproxy: verify-token.lua.*?", "lua"));
      String config =
          block("haproxy: haproxy.cfg.*?", "haproxy")
              .replace("/etc/haproxy/verify-token.lua", script.toString());
      Files.writeString(folder.resolve("site.cfg"), ports.in(config));
      return ProxyServer.haproxy(folder, ports.proxy());
    }
  },
  MOD_OAUTH2(false, 403, 503, 502, 20) {
    @Override
    ProxyServer start(Path folder, Ports ports) throws IOException {
      return apache(folder, ports, block("apache: mod_oauth2.*?", "apache"));
    }
  },
  MOD_AUTH_OPENIDC(false, 403, 503, 502, 20) {
    @Override
    ProxyServer start(Path folder, Ports ports) throws IOException {
      return apache(folder, ports, block("apache: mod_auth_openidc.*?", "apache"));
    }
  };

  /** A user who can sign in through a proxy, because it is not a sample user. */
  static final String USER = "operator";

  static final String PASSWORD = "operator-of-the-tests";

  private static final Path PAGE = Path.of("src/docs/verify-behind-a-proxy.md");

  /**
   * The ports of one proxy, and its secret.
   *
   * @param mapping a second port of nginx, on which the addresses of IPv4 clients are IPv4-mapped
   *     IPv6 addresses
   * @param http2 a second port of Caddy, with HTTP/2 without TLS
   * @param secret the client secret of Apache
   */
  record Ports(int service, int application, int proxy, int mapping, int http2, String secret) {
    String in(String config) {
      String replaced =
          config
              .replace(":8080", ":" + service)
              .replace(":9000", ":" + application)
              .replace(":8081", ":" + proxy);
      assertFalse(replaced.contains(":808"), "a placeholder is left");
      return replaced;
    }
  }

  private final boolean sendsAddress;
  private final int forgedStatus;
  private final int stoppedStatus;
  private final int frozenStatus;
  private final int frozenSeconds;

  DocumentedProxy(
      boolean sendsAddress,
      int forgedStatus,
      int stoppedStatus,
      int frozenStatus,
      int frozenSeconds) {
    this.sendsAddress = sendsAddress;
    this.forgedStatus = forgedStatus;
    this.stoppedStatus = stoppedStatus;
    this.frozenStatus = frozenStatus;
    this.frozenSeconds = frozenSeconds;
  }

  /**
   * Starts the proxy.
   *
   * @param folder an empty folder
   */
  abstract ProxyServer start(Path folder, Ports ports) throws IOException;

  private static ProxyServer apache(Path folder, Ports ports, String config) throws IOException {
    String relay = config.replace(":8082", ":" + RunningApplication.freePort());
    Files.writeString(folder.resolve("site.conf"), ports.in(relay));
    return ProxyServer.apache(folder, ports.proxy(), Map.of("INTROSPECTION_TOKEN", ports.secret()));
  }

  /** Returns true if the proxy sends the address of the client and observes a 429. */
  boolean sendsAddress() {
    return sendsAddress;
  }

  /** Returns the status of a request with a good token and with identity headers of its own. */
  int forgedStatus() {
    return forgedStatus;
  }

  /** Returns the status of all requests while access-tokens does not run. */
  int stoppedStatus() {
    return stoppedStatus;
  }

  /** Returns the status of all requests while access-tokens does not respond. */
  int frozenStatus() {
    return frozenStatus;
  }

  /** Returns the time after which {@link #frozenStatus()} is sent. */
  int frozenSeconds() {
    return frozenSeconds;
  }

  /**
   * Returns the code block after a comment.
   *
   * @param comment a regular expression for the text of the comment
   */
  static String block(String comment, String language) throws IOException {
    return CodeBlocks.matching(PAGE, comment, language);
  }
}
