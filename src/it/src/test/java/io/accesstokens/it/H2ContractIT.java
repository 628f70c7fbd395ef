package io.accesstokens.it;

import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** Runs the contract on the embedded database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class H2ContractIT extends ServiceContract {

  /** Hosts file instead of a name server: names of an attacker resolve to this machine. */
  private static final String HOSTS =
      "127.0.0.1 localhost bad.cc f00d.cafe dead.beef cafe a.example\n::1 localhost\n";

  private final WarProcess call = WarProcess.inNewFolder().withDataDirectory();

  @Override
  RunningApplication start(Map<String, String> environment) throws Exception {
    return RunningApplication.start(
        call.fromWar()
            .withJvmOptions("-Djdk.net.hosts.file=" + call.file("hosts", HOSTS))
            .withEnvironment(environment)
            // The search for secrets in the log covers the most detailed level. The other servers
            // write the log as text.
            .withEnvironment("ACCESSTOKENS_LOG_FORMAT", "json")
            .withEnvironment("ACCESSTOKENS_LOG_LEVELS", "io.accesstokens=trace")
            .withEnvironment("ACCESSTOKENS_LOG_ACCESS", "true"));
  }

  @Override
  List<byte[]> stored() throws Exception {
    List<byte[]> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(call.dataDirectory())) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.add(Files.readAllBytes(path));
      }
    }
    return files;
  }

  /**
   * Runs the mint topic here, because this server knows its public URL. A container does not report
   * its public URL.
   */
  @Nested
  class PersonalMint extends PersonalMintTopic {}

  /** Runs the DNS rebinding topic here, because names resolve as {@link #HOSTS} defines. */
  @Nested
  class DnsRebinding extends DnsRebindingTopic {}
}
