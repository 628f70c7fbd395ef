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

  private final WarProcess call = WarProcess.inNewFolder().withDataDirectory();

  @Override
  RunningApplication start(Map<String, String> environment) throws Exception {
    return RunningApplication.start(call.withEnvironment(environment));
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
  class PersonalMint extends PersonalMintTopic {
    PersonalMint() {
      super(running());
    }
  }
}
