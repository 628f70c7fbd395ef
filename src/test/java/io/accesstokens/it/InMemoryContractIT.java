package io.accesstokens.it;

import io.accesstokens.testing.RunningApplication;
import io.accesstokens.testing.WarProcess;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The contract without a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InMemoryContractIT extends ServiceContract {

  @Override
  RunningApplication start() throws Exception {
    return RunningApplication.start(
        WarProcess.inNewFolder()
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
}
