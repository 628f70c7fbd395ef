package io.accesstokens.testing.server;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.program.ServerPrograms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real nginx, Apache, Caddy or HAProxy in a separate process, on a loopback port. Each server has
 * its own folder.
 */
public final class ProxyServer implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /**
   * Main configuration file of nginx, similar to the file of Linux distributions. All files of
   * nginx stay in the server's folder.
   */
  private static final String NGINX =
      """
      daemon off;
      worker_processes 1;
      pid nginx.pid;
      error_log stderr;
      %s
      events {}
      http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        include site.conf;
      }
      """;

  /**
   * Main configuration file of Apache. {@code %1$s} is the server's folder, {@code %2$s} is the
   * folder of the modules, {@code %3$s} sets the user, and {@code %4$d} is the port. The file also
   * contains a second site, like Debian's configuration. Tests use this site to verify that the
   * configuration of {@code site.conf} does not change other sites.
   */
  private static final String APACHE =
      """
      ServerRoot "%1$s"
      ServerName localhost
      PidFile "%1$s/apache.pid"
      ErrorLog /dev/stderr
      LoadModule mpm_event_module %2$s/mod_mpm_event.so
      LoadModule authn_core_module %2$s/mod_authn_core.so
      LoadModule authz_core_module %2$s/mod_authz_core.so
      LoadModule authz_user_module %2$s/mod_authz_user.so
      LoadModule headers_module %2$s/mod_headers.so
      LoadModule setenvif_module %2$s/mod_setenvif.so
      LoadModule proxy_module %2$s/mod_proxy.so
      LoadModule proxy_http_module %2$s/mod_proxy_http.so
      LoadModule oauth2_module %2$s/mod_oauth2.so
      LoadModule auth_openidc_module %2$s/mod_auth_openidc.so
      %3$s
      <Directory />
        Require all denied
      </Directory>
      <Directory "%1$s/other">
        Require all granted
      </Directory>
      Listen 127.0.0.2:%4$d
      <VirtualHost 127.0.0.2:%4$d>
        DocumentRoot "%1$s/other"
      </VirtualHost>
      Include "%1$s/site.conf"
      """;

  /**
   * Main configuration file of Caddy. Caddy opens no port for its own API. {@code %d} is the port
   * that accepts HTTP/2 without TLS.
   */
  private static final String CADDY =
      """
      {
      	admin off
      	servers 127.0.0.1:%d {
      		protocols h1 h2c
      	}
      }
      import site.caddy
      """;

  private static final String HAPROXY =
      """
      global
        log stdout format raw local0 notice
      defaults
        log global
        mode http
        timeout connect 2s
        timeout client 60s
        timeout server 60s
      """;

  private final Process process;
  private final Path log;
  private final int port;

  private ProxyServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * Starts nginx, and returns when nginx responds.
   *
   * @param folder the folder that contains {@code site.conf} and the files that it includes
   * @param port the loopback port on which {@code site.conf} listens
   */
  public static ProxyServer nginx(Path folder, int port) throws IOException {
    // The default user of the worker processes has no access to the folder.
    Files.writeString(folder.resolve("nginx.conf"), NGINX.formatted(isRoot() ? "user root;" : ""));
    return start(
        folder,
        port,
        Map.of(),
        ServerPrograms.nginx().toString(),
        "-p",
        folder + "/",
        "-e",
        "stderr",
        "-c",
        folder.resolve("nginx.conf").toString());
  }

  /**
   * Starts Apache with its OAuth modules, and returns when Apache responds. Another site at {@code
   * 127.0.0.2} and the same port has the file {@code page.txt}.
   *
   * @param folder the folder that contains {@code site.conf}
   * @param port the loopback port on which {@code site.conf} listens
   * @param environment the environment variables that {@code site.conf} uses
   */
  public static ProxyServer apache(Path folder, int port, Map<String, String> environment)
      throws IOException {
    Path modules = ServerPrograms.apacheModules();
    String user = "";
    if (isRoot()) {
      user = "User www-data\nGroup www-data";
      for (Path entered : List.of(folder.getParent(), folder)) {
        Files.setPosixFilePermissions(entered, PosixFilePermissions.fromString("rwx--x--x"));
      }
    }
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("page.txt"), "other site");
    Files.writeString(folder.resolve("apache.conf"), APACHE.formatted(folder, modules, user, port));
    return start(
        folder,
        port,
        environment,
        ServerPrograms.apache().toString(),
        "-D",
        "FOREGROUND",
        "-f",
        folder.resolve("apache.conf").toString());
  }

  /**
   * Starts Caddy, and returns when Caddy responds.
   *
   * @param folder the folder that contains {@code site.caddy}
   * @param port the loopback port on which {@code site.caddy} listens
   * @param http2Port a further port of {@code site.caddy}, which also accepts HTTP/2 without TLS
   */
  public static ProxyServer caddy(Path folder, int port, int http2Port) throws IOException {
    Path config = Files.writeString(folder.resolve("Caddyfile"), CADDY.formatted(http2Port));
    return start(
        folder,
        port,
        Map.of(
            "HOME",
            folder.toString(),
            "XDG_CONFIG_HOME",
            folder.toString(),
            "XDG_DATA_HOME",
            folder.toString()),
        ServerPrograms.caddy().toString(),
        "run",
        "--config",
        config.toString(),
        "--adapter",
        "caddyfile");
  }

  /**
   * Starts HAProxy, and returns when HAProxy responds.
   *
   * @param folder the folder that contains {@code site.cfg} with the frontends and backends
   * @param port the loopback port on which a frontend in {@code site.cfg} listens
   */
  public static ProxyServer haproxy(Path folder, int port) throws IOException {
    Files.writeString(folder.resolve("defaults.cfg"), HAPROXY);
    Path root = ServerPrograms.haproxyRoot();
    try (Stream<Path> libraries = Files.list(root.resolve("usr/lib"))) {
      String path =
          libraries
              .filter(folderOfArchitecture -> folderOfArchitecture.toString().endsWith("-gnu"))
              .map(Path::toString)
              .collect(Collectors.joining(":"));
      return start(
          folder,
          port,
          Map.of("LD_LIBRARY_PATH", path),
          root.resolve("usr/sbin/haproxy").toString(),
          "-db",
          "-f",
          folder.resolve("defaults.cfg").toString(),
          "-f",
          folder.resolve("site.cfg").toString());
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static ProxyServer start(
      Path folder, int port, Map<String, String> environment, String... command)
      throws IOException {
    Path log = folder.resolve("proxy.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    ProxyServer server = new ProxyServer(process, log, port);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    ServerProcess.await(
        process, log, TIMEOUT, () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    return server;
  }

  /** Returns the loopback port on which the proxy listens. */
  public int port() {
    return port;
  }

  /** Returns a client that sends requests to the proxy without credentials. */
  public Api api() {
    return Api.at(URI.create("http://127.0.0.1:" + port));
  }

  /** Returns the output of the server so far. */
  public String log() {
    return ServerProcess.output(log);
  }

  @Override
  public void close() {
    process.destroy();
    ServerProcess.awaitEnd(process, TIMEOUT);
  }
}
