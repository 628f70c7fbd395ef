package io.accesstokens.testing.server;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.program.ServerPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * OpenLDAP's server with the entries of {@link LdapTree}, on loopback ports. The data is in a
 * folder of the caller. The server supports password policies, so that a test can lock an account.
 */
public final class SlapdServer implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Path folder;
  private final int port = ServerProcess.freePort();
  private final int tlsPort = ServerProcess.freePort();
  private @Nullable Process process;

  private SlapdServer(Path folder) {
    this.folder = folder;
  }

  /**
   * Starts a server that supports StartTLS and TLS.
   *
   * @param folder an empty folder for the configuration and the data of the server
   */
  public static SlapdServer in(Path folder, Certificate certificate) throws Exception {
    Path root = ServerPrograms.slapdRoot();
    Files.createDirectories(folder.resolve("db"));
    Files.writeString(
        folder.resolve("slapd.conf"),
        """
        include %1$setc/ldap/schema/core.schema
        include %1$setc/ldap/schema/cosine.schema
        include %1$setc/ldap/schema/inetorgperson.schema
        modulepath %1$susr/lib/ldap
        moduleload back_mdb
        moduleload ppolicy
        pidfile %2$s/pid
        TLSCertificateFile %3$s
        TLSCertificateKeyFile %4$s
        disallow bind_anon
        database mdb
        suffix "%5$s"
        rootdn "%6$s"
        rootpw %7$s
        directory %2$s/db
        overlay ppolicy
        ppolicy_default "cn=policy,%5$s"
        """
            .formatted(
                root.toString().equals("/") ? "/" : root + "/",
                folder,
                certificate.certificateFile(),
                certificate.keyFile(),
                LdapTree.BASE,
                LdapTree.SERVICE,
                LdapTree.PASSWORD));
    SlapdServer server = new SlapdServer(folder);
    server.start();
    try (LDAPConnection connection = server.connect()) {
      for (String entry : LdapTree.ENTRIES) {
        connection.add(entry.strip().split("\\n", -1));
      }
      // The attribute that locks an account has no effect without a password policy.
      connection.add(
          "dn: cn=policy," + LdapTree.BASE,
          "objectClass: device",
          "objectClass: pwdPolicy",
          "cn: policy",
          "pwdAttribute: userPassword",
          "pwdLockout: TRUE");
    }
    return server;
  }

  /** Starts the server. A test can call this method again after {@link #kill}. */
  public void start() throws IOException, InterruptedException {
    Path root = ServerPrograms.slapdRoot();
    ProcessBuilder builder =
        new ProcessBuilder(
                root.resolve("usr/sbin/slapd").toString(),
                "-d",
                "0",
                "-f",
                folder.resolve("slapd.conf").toString(),
                "-h",
                "ldap://127.0.0.1:" + port + " ldaps://127.0.0.1:" + tlsPort)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    if (!root.toString().equals("/")) {
      List<String> folders = List.of("usr/lib", "usr/lib/ldap", libraries(root));
      builder
          .environment()
          .put(
              "LD_LIBRARY_PATH",
              String.join(
                  ":", folders.stream().map(name -> root.resolve(name).toString()).toList()));
    }
    Process started = builder.start();
    process = started;
    ServerProcess.await(started, folder.resolve("log"), TIMEOUT, () -> connect().close());
  }

  /**
   * Returns the path of Debian's library folder for this machine's architecture, such as {@code
   * usr/lib/x86_64-linux-gnu}.
   */
  private static String libraries(Path root) throws IOException {
    try (var folders = Files.list(root.resolve("usr/lib"))) {
      return folders
          .filter(path -> path.getFileName().toString().endsWith("-linux-gnu"))
          .map(path -> "usr/lib/" + path.getFileName())
          .findFirst()
          .orElse("usr/lib");
    }
  }

  /** Opens a connection with all privileges. */
  public LDAPConnection connect() throws LDAPException {
    return new LDAPConnection("127.0.0.1", port, LdapTree.SERVICE, LdapTree.PASSWORD);
  }

  /** Returns the port for connections without TLS or with StartTLS. */
  public int port() {
    return port;
  }

  /** Returns the port for connections that use TLS from the beginning. */
  public int tlsPort() {
    return tlsPort;
  }

  /** Pauses the server (SIGSTOP). Connections stay open, but the server does not respond. */
  public void pause() {
    ServerProcess.pause(processes());
  }

  /** Resumes the server after {@link #pause} (SIGCONT). */
  public void resume() {
    ServerProcess.resume(processes());
  }

  private List<ProcessHandle> processes() {
    return Stream.ofNullable(process).map(Process::toHandle).toList();
  }

  /** Kills the server with SIGKILL. */
  public void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
