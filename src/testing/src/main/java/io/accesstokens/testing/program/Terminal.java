package io.accesstokens.testing.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** An interactive shell in a pseudo-terminal. A test pastes text into the terminal. */
public final class Terminal implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /**
   * Start of the command that runs the shell. Sets the size of the terminal, because a shell does
   * not wrap commands in a wide terminal.
   */
  private static final String SIZE = "stty rows 50 cols 2000; exec ";

  private final Path home;
  private final Process process;
  private final OutputStream keyboard;
  private final StringBuilder shown = new StringBuilder();
  private final Thread reader;

  private Terminal(Path home, Process process) {
    this.home = home;
    this.process = process;
    this.keyboard = process.getOutputStream();
    this.reader = new Thread(this::readAll, "terminal");
    reader.setDaemon(true);
    reader.start();
  }

  /** A common Unix shell. */
  public enum Shell {
    /** GNU Bash. */
    BASH("HISTFILE=$HOME/history bash --norc -i"),
    /** Z shell, which saves its history after each command. */
    ZSH("HISTFILE=$HOME/history SAVEHIST=100 HISTSIZE=100 zsh -f -i -o inc_append_history"),
    /** The fish shell. */
    FISH("XDG_DATA_HOME=$HOME fish -i");

    private final String command;

    Shell(String command) {
      this.command = command;
    }

    private void require() {
      switch (this) {
        case BASH -> {}
        case ZSH -> ServerPrograms.zsh();
        case FISH -> ServerPrograms.fish();
      }
    }
  }

  /**
   * Starts a shell, and returns when the shell is ready for input.
   *
   * @param home an empty folder, which becomes the home directory of the shell. The shell stores
   *     its history there
   */
  public static Terminal start(Shell shell, Path home) {
    shell.require();
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qfec", SIZE + "env " + shell.command, "/dev/null")
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("XDG_"));
    builder.environment().putAll(Map.of("HOME", home.toString(), "TERM", "xterm"));
    try {
      Terminal terminal = new Terminal(home, builder.start());
      terminal.paste("echo rea''dy");
      terminal.await(shown -> shown.contains("ready"), "no prompt");
      return terminal;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readAll() {
    byte[] buffer = new byte[8192];
    try (InputStream in = process.getInputStream()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        synchronized (shown) {
          shown.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
          shown.notifyAll();
        }
      }
    } catch (IOException e) {
      // The terminal was closed.
    }
  }

  /** Pastes a text into the terminal and presses Enter. */
  public void paste(String text) {
    type(text + '\r');
  }

  /** Types a text, without Enter. */
  public void type(String text) {
    try {
      keyboard.write(text.getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns all output of the terminal so far, including control sequences. */
  public String shown() {
    synchronized (shown) {
      return shown.toString();
    }
  }

  /** Returns true if the terminal shows what is typed. */
  public boolean echoes() throws IOException, InterruptedException {
    ProcessHandle shell = process.descendants().findFirst().orElseThrow();
    Path device = Path.of("/proc", Long.toString(shell.pid()), "fd", "0").toRealPath();
    Process stty = new ProcessBuilder("stty", "-F", device.toString(), "-a").start();
    String settings = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (stty.waitFor() != 0) {
      throw new IOException("stty failed for " + device);
    }
    return !List.of(settings.split("\\s+")).contains("-echo");
  }

  /**
   * Waits until the output of the terminal satisfies a condition.
   *
   * @param condition receives all output so far
   * @param failure the start of the error message
   * @throws AssertionError with the output, if the condition is still false after one minute
   */
  public void await(Predicate<String> condition, String failure) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    synchronized (shown) {
      while (!condition.test(shown.toString())) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          throw new AssertionError(failure + ", in:\n" + shown);
        }
        try {
          shown.wait(millis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError(failure, e);
        }
      }
    }
  }

  /**
   * Exits the shell, and waits up to one minute for its end. The shell saves its history when it
   * exits.
   */
  public void exit() throws InterruptedException {
    paste("exit");
    reader.join(TIMEOUT.toMillis());
  }

  /** Returns the contents of all files in the shell's home directory. */
  public List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files.filter(Files::isRegularFile).map(Terminal::content).toList();
    }
  }

  private static String content(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
