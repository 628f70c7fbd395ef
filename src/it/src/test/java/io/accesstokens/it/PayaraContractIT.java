package io.accesstokens.it;

import io.accesstokens.testing.server.PayaraMicro;
import io.accesstokens.testing.server.RunningApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;

/** Runs the contract on Payara, with the embedded database at its default location. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PayaraContractIT extends ServiceContract {

  private final PayaraMicro server = PayaraMicro.inNewFolder();
  private final Path data = server.folder().resolve("data");

  @Override
  RunningApplication start(Map<String, String> environment) throws Exception {
    return RunningApplication.start(server.withEnvironment(environment));
  }

  @Override
  List<byte[]> stored() throws Exception {
    List<byte[]> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(data)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.add(Files.readAllBytes(path));
      }
    }
    return files;
  }
}
