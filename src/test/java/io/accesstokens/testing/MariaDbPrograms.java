package io.accesstokens.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the programs of a MariaDB server, and installs Debian's packages if they are missing. */
final class MariaDbPrograms {

  private static final String ADVICE =
      "MariaDB's server is missing: install mariadb-server-core and mariadb-client-core, e.g. by"
          + " \"sudo apt-get install mariadb-server-core mariadb-client-core\"";

  private MariaDbPrograms() {}

  static Path server() {
    return program("mariadbd");
  }

  static Path installDb() {
    return program("mariadb-install-db");
  }

  private static synchronized Path program(String name) {
    Optional<Path> found = find(name);
    if (found.isEmpty()) {
      install();
      found = find(name);
    }
    return found.orElseThrow(() -> new IllegalStateException(ADVICE));
  }

  private static Optional<Path> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/bin:/usr/local/sbin";
    return Stream.of(path.split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static void install() {
    List<String> apt = new ArrayList<>();
    if (!System.getProperty("user.name").equals("root")) {
      apt.addAll(List.of("sudo", "-n"));
    }
    apt.addAll(List.of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"));
    try {
      run(with(apt, "update"));
      run(
          with(
              apt,
              "install",
              "--no-install-recommends",
              "mariadb-server-core",
              "mariadb-client-core"));
    } catch (IllegalStateException | UncheckedIOException e) {
      throw new IllegalStateException(ADVICE, e);
    }
  }

  private static List<String> with(List<String> command, String... arguments) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(arguments));
    return all;
  }

  /** Runs a program to its end; what it said is in the exception if it failed. */
  static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command.get(0) + " failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
