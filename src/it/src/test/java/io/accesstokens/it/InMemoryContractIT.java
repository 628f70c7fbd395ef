package io.accesstokens.it;

import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** Runs the contract without a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InMemoryContractIT extends ServiceContract {

  /** Hosts file instead of a name server: names of an attacker resolve to this machine. */
  private static final String HOSTS =
      "127.0.0.1 localhost bad.cc f00d.cafe dead.beef cafe a.example\n::1 localhost\n";

  @Override
  RunningApplication start(Map<String, String> environment) throws Exception {
    WarProcess process = WarProcess.inNewFolder();
    return RunningApplication.start(
        process
            .withJvmOptions("-Djdk.net.hosts.file=" + process.file("hosts", HOSTS))
            .with("--in-memory")
            .withEnvironment(environment)
            // The search for secrets in the log covers all formats and the most detailed level.
            .withEnvironment("ACCESSTOKENS_LOG_FORMAT", "json")
            .withEnvironment("ACCESSTOKENS_LOG_LEVELS", "io.accesstokens=trace")
            .withEnvironment("ACCESSTOKENS_LOG_ACCESS", "true"));
  }

  @Override
  List<byte[]> stored() {
    return List.of();
  }

  /**
   * Runs the mint topic here, because this server knows its public URL. A container does not report
   * its public URL.
   */
  @Nested
  class PersonalMint extends PersonalMintTopic {
    PersonalMint() {
      super(running());
    }
  }

  /** Runs the DNS rebinding topic here, because names resolve as {@link #HOSTS} defines. */
  @Nested
  class DnsRebinding extends DnsRebindingTopic {
    DnsRebinding() {
      super(running());
    }
  }
}
