package io.accesstokens.testing.host;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;

/**
 * The main class of a {@link HostProcess}. Runs the commands that arrive on a connection, one at a
 * time. A command that starts the server runs until it receives {@link #STOP}.
 */
final class ProgramHost {

  /** The first byte of a message with a command. */
  static final int RUN = 1;

  /** A message that stops the running command. */
  static final int STOP = 2;

  /** The options of the JVM that runs this class. The options allow {@link #setEnvironment}. */
  static final List<String> JVM_OPTIONS = List.of("--add-opens", "java.base/java.util=ALL-UNNAMED");

  private static final String COMMANDS = "io.accesstokens.app.command.CommandLineProgram";
  private static final String LOG = "io.accesstokens.app.command.logging.ProgramLog";

  private final Path webapp;
  private final DataOutputStream results;

  private ProgramHost(Path webapp, DataOutputStream results) {
    this.webapp = webapp;
    this.results = results;
  }

  /**
   * Connects to the test JVM, and runs its commands until the connection ends. Then ends this
   * process.
   *
   * @param arguments the directory of the unpacked WAR, and the port of the connection
   */
  public static void main(String[] arguments) throws Exception {
    try (Socket connection =
        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]))) {
      DataInputStream messages =
          new DataInputStream(new BufferedInputStream(connection.getInputStream()));
      new ProgramHost(Path.of(arguments[0]), new DataOutputStream(connection.getOutputStream()))
          .process(messages);
    } catch (EOFException e) {
      // The test JVM has ended.
    } finally {
      System.exit(0); // A running server must not outlive the test JVM.
    }
  }

  private void process(DataInputStream messages) throws Exception {
    AutoCloseable running = () -> {};
    while (true) {
      if (messages.readByte() == STOP) {
        running.close();
      } else {
        running = run(messages);
      }
    }
  }

  /**
   * Reads a command from a message, and starts the command in a new thread.
   *
   * @return an object that stops the command when it is closed
   */
  private AutoCloseable run(DataInputStream message) throws Exception {
    String[] arguments = new String[message.readInt()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = message.readUTF();
    }
    Map<String, String> environment = new HashMap<>();
    for (int i = message.readInt(); i > 0; i--) {
      environment.put(message.readUTF(), message.readUTF());
    }
    Path work = Path.of(message.readUTF());
    System.setIn(new ByteArrayInputStream(message.readUTF().getBytes(StandardCharsets.UTF_8)));
    setEnvironment(environment);
    Properties properties = (Properties) System.getProperties().clone();
    Object program =
        Class.forName(COMMANDS)
            .getConstructor(String[].class, Path.class, Path.class)
            .newInstance(arguments, webapp, work);
    AutoCloseable closeable = (AutoCloseable) program;
    Thread thread =
        new Thread(
            () -> {
              int exitCode = call((Callable<?>) program, closeable);
              System.setProperties(properties);
              respond(exitCode);
            },
            "program");
    thread.start();
    return closeable;
  }

  private int call(Callable<?> program, AutoCloseable closeable) {
    try (closeable) {
      return (Integer) program.call();
    } catch (Exception e) {
      e.printStackTrace();
      return 1;
    } finally {
      flush();
    }
  }

  private void flush() {
    try {
      Class.forName(LOG).getMethod("flush").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    System.out.flush();
    System.err.flush();
  }

  private void respond(int exitCode) {
    try {
      results.writeInt(exitCode);
      results.flush();
    } catch (IOException e) {
      System.exit(1); // The test JVM has ended.
    }
  }

  /** Replaces the environment variables that {@link System#getenv()} returns. */
  private static void setEnvironment(Map<String, String> environment)
      throws ReflectiveOperationException {
    Map<String, String> unmodifiable = System.getenv();
    Field field = Class.forName("java.util.Collections$UnmodifiableMap").getDeclaredField("m");
    field.setAccessible(true);
    @SuppressWarnings("unchecked") // a map of strings, as its unmodifiable view
    Map<String, String> variables = (Map<String, String>) field.get(unmodifiable);
    variables.clear();
    variables.putAll(environment);
  }
}
