package io.accesstokens.it;

import io.accesstokens.testing.RunningApplication;
import io.accesstokens.testing.WarProcess;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The contract without a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InMemoryContractIT extends ServiceContract {

  /** In place of a name server: an attacker's names lead to this machine. */
  private static final String HOSTS =
      "127.0.0.1 localhost bad.cc f00d.cafe dead.beef cafe a.example\n::1 localhost\n";

  @Override
  RunningApplication start() throws Exception {
    WarProcess process = WarProcess.inNewFolder();
    return RunningApplication.start(
        process
            .withJvmOptions("-Djdk.net.hosts.file=" + process.file("hosts", HOSTS))
            .with("--in-memory")
            .withEnvironment(FAILED_SIGN_INS, MANY)
            .withEnvironment(PERSONAL_WRITES, MANY)
            .withEnvironment(PERSONAL_TOKENS, MANY)
            .withEnvironment(ALLOWED_ORIGINS, CorsTopic.FRONT_END));
  }

  @Override
  List<byte[]> stored() {
    return List.of();
  }

  /** Where the application knows how browsers reach it, which a container does not tell. */
  @Nested
  class PersonalMint extends PersonalMintTopic {
    PersonalMint() {
      super(running());
    }
  }

  /** Where names lead to what {@link #HOSTS} says. */
  @Nested
  class DnsRebinding extends DnsRebindingTopic {
    DnsRebinding() {
      super(running());
    }
  }
}
