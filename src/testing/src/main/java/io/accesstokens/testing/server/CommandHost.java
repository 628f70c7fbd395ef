package io.accesstokens.testing.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * The main class of a {@link SharedCommands} process. Runs the commands that arrive on a
 * connection, one at a time, with the class loaders of {@code java -jar}.
 */
final class CommandHost {

  private static final String COMMANDS = "io.accesstokens.app.command.CommandLineProgram";
  private static final String LOG = "io.accesstokens.app.command.log.ProgramLog";

  private final Path root;
  private final ClassLoader commands;

  private CommandHost(Path root) throws IOException {
    this.root = root;
    ClassLoader server =
        new URLClassLoader(
            "launcher",
            jars(root.resolve("WEB-INF/launcher")).toArray(URL[]::new),
            ClassLoader.getPlatformClassLoader());
    List<URL> urls = jars(root.resolve("WEB-INF/lib"));
    urls.add(0, root.resolve("WEB-INF/classes").toUri().toURL());
    this.commands = new URLClassLoader("commands", urls.toArray(URL[]::new), server);
  }

  private static List<URL> jars(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<URL> urls = new ArrayList<>();
      for (Path file : files.filter(path -> path.toString().endsWith(".jar")).toList()) {
        urls.add(file.toUri().toURL());
      }
      return urls;
    }
  }

  /**
   * @param arguments the directory of the unpacked WAR, and the port of the connection
   */
  public static void main(String[] arguments) throws Exception {
    CommandHost host = new CommandHost(Path.of(arguments[0]));
    try (Socket connection =
        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]))) {
      DataInputStream calls =
          new DataInputStream(new BufferedInputStream(connection.getInputStream()));
      DataOutputStream answers = new DataOutputStream(connection.getOutputStream());
      while (host.answer(calls, answers)) {
        answers.flush();
      }
    }
  }

  /** Runs one command. Returns false at the end of the input. */
  private boolean answer(DataInputStream calls, DataOutputStream answers) throws Exception {
    String[] arguments;
    try {
      arguments = new String[calls.readInt()];
    } catch (EOFException e) {
      return false;
    }
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = calls.readUTF();
    }
    Properties before = (Properties) System.getProperties().clone();
    for (int i = calls.readInt(); i > 0; i--) {
      System.setProperty(calls.readUTF(), calls.readUTF());
    }
    byte[] input = calls.readUTF().getBytes(StandardCharsets.UTF_8);
    int exitCode;
    try {
      exitCode = run(arguments, new ByteArrayInputStream(input));
    } finally {
      System.setProperties(before);
    }
    System.out.flush();
    System.err.flush();
    answers.writeInt(exitCode);
    return true;
  }

  private int run(String[] arguments, InputStream input) throws Exception {
    System.setIn(input);
    Thread.currentThread().setContextClassLoader(commands);
    Object program =
        Class.forName(COMMANDS, true, commands)
            .getConstructor(String[].class, Path.class, Path.class)
            .newInstance(arguments, root, root.resolveSibling("server"));
    try {
      return (Integer) ((Callable<?>) program).call();
    } finally {
      ((AutoCloseable) program).close();
      Class.forName(LOG, true, commands).getMethod("flush").invoke(null);
    }
  }
}
