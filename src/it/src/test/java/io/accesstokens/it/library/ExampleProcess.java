package io.accesstokens.it.library;

import io.accesstokens.testing.TestJvm;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.Exchanges;
import io.accesstokens.testing.client.RawHttp;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An example application in a separate process. The class path has only the example and the given
 * jars. The application prints {@code … is at http://…} when it is ready, and ends when its
 * standard input is closed.
 */
public final class ExampleProcess implements AutoCloseable {

  private static final Pattern READY = Pattern.compile("is at (http://127\\.0\\.0\\.1:\\d+)\\R");
  private static final int START_SECONDS = 180;
  private static final int END_SECONDS = 120;

  private final Process process;
  private final Path log;
  private final Api api;

  private ExampleProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.api = new Api(awaitAddress(), new Exchanges());
  }

  /**
   * Starts an example.
   *
   * @param folder an empty folder, which becomes the working directory
   * @param mainClass the class name below {@code io.accesstokens.examples}, such as {@code
   *     embed.ShopServer}
   * @param jars the other jars of the class path
   */
  public static ExampleProcess start(
      Path folder, String mainClass, List<Path> jars, String... arguments) throws IOException {
    String example = mainClass.substring(0, mainClass.indexOf('.'));
    Path classes = copyOf("io/accesstokens/examples/" + example, folder.resolve("classes"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(TestJvm.options("192m"));
    command.add("-classpath");
    command.add(
        Stream.concat(Stream.of(classes), jars.stream())
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator)));
    command.add("io.accesstokens.examples." + mainClass);
    command.addAll(List.of(arguments));
    Path log = folder.resolve("log.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new ExampleProcess(process, log);
  }

  private static Path copyOf(String packageFolder, Path into) throws IOException {
    Path from = LibraryJars.folder("examples").resolve("classes").resolve(packageFolder);
    Path to = Files.createDirectories(into.resolve(packageFolder));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
    return into;
  }

  private URI awaitAddress() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (process.isAlive() && System.nanoTime() < deadline) {
      Matcher ready = READY.matcher(log());
      if (ready.find()) {
        return URI.create(ready.group(1));
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    process.destroyForcibly();
    throw new AssertionError("it did not start:\n" + log());
  }

  /** Returns a client without credentials. */
  public Api api() {
    return api;
  }

  /** Returns a client that sends bytes that no HTTP client would send. */
  public RawHttp socket() {
    return new RawHttp(URI.create(api.origin()).getPort(), "", api.exchanges());
  }

  /** Returns the output so far. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Closes its input, and waits for its end.
   *
   * @return the exit code
   */
  public int end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end:\n" + log());
    }
    return process.exitValue();
  }

  /** Kills the process, and waits for its end. Otherwise it could still write into its folder. */
  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
