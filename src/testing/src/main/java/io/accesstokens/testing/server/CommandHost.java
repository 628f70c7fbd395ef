package io.accesstokens.testing.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
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
 * The main class of a {@link SharedCommands} process. Runs the commands that arrive on standard
 * input, one at a time, with the class loaders of {@code java -jar}.
 */
final class CommandHost {

  private static final String COMMANDS = "io.accesstokens.app.command.CommandLineProgram";

  private final Path root;
  private final ClassLoader commands;
  private final Target out = new Target();
  private final Target err = new Target();

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
   * @param arguments the directory of the unpacked WAR
   */
  public static void main(String[] arguments) throws Exception {
    CommandHost host = new CommandHost(Path.of(arguments[0]));
    try (DataInputStream calls =
            new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
        DataOutputStream answers =
            new DataOutputStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)))) {
      // A handler of a log can keep the streams of the first command.
      System.setOut(new PrintStream(host.out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(host.err, true, StandardCharsets.UTF_8));
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
    answers.writeInt(exitCode);
    for (Target target : List.of(out, err)) {
      byte[] text = target.take();
      answers.writeInt(text.length);
      answers.write(text);
    }
    return true;
  }

  private int run(String[] arguments, InputStream input) throws Exception {
    System.setIn(input);
    Thread.currentThread().setContextClassLoader(commands);
    Object program =
        Class.forName(COMMANDS, true, commands)
            .getConstructor(String[].class, Path.class)
            .newInstance(arguments, root);
    try {
      return (Integer) ((Callable<?>) program).call();
    } finally {
      ((AutoCloseable) program).close();
    }
  }

  /** A stream that collects the output of the current command. */
  private static final class Target extends OutputStream {

    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      bytes.write(b);
    }

    @Override
    public synchronized void write(byte[] b, int offset, int length) {
      bytes.write(b, offset, length);
    }

    synchronized byte[] take() {
      byte[] taken = bytes.toByteArray();
      bytes = new ByteArrayOutputStream();
      return taken;
    }
  }
}
