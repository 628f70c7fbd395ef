package io.accesstokens.it.library;

import io.accesstokens.testing.TestJvm;
import io.accesstokens.testing.server.Deployment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An application in an executable jar, in a process of its own.
 *
 * @param folder the working directory
 * @param jar the path of the jar
 * @param environment additional environment variables
 * @param portOption the option for the port, such as {@code --server.port=}. An option that begins
 *     with {@code -D} is an option of the JVM.
 * @param arguments the other arguments
 */
record JarDeployment(
    Path folder,
    Path jar,
    Map<String, String> environment,
    String portOption,
    List<String> arguments)
    implements Deployment {

  @Override
  public boolean isStandalone() {
    return false;
  }

  @Override
  public Process start(int port, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(TestJvm.options("192m"));
    boolean jvmOption = portOption.startsWith("-D");
    if (jvmOption) {
      command.add(portOption + port);
    }
    command.add("-jar");
    command.add(jar.toString());
    if (!jvmOption) {
      command.add(portOption + port);
    }
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }
}
