package io.accesstokens.it;

import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TomcatServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the contract in an operator's Tomcat, on the embedded database, which is the default. */
abstract class TomcatContract extends ServiceContract {

  private final TomcatServer server;

  TomcatContract(TomcatServer.Version version) {
    server = TomcatServer.inNewFolder(version);
  }

  @Override
  RunningApplication start(Map<String, String> environment) throws Exception {
    return RunningApplication.start(server.withEnvironment(environment));
  }

  @Override
  List<byte[]> stored() throws Exception {
    List<byte[]> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(server.base().resolve("data"))) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.add(Files.readAllBytes(path));
      }
    }
    return files;
  }
}
