package io.accesstokens.testing.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Finds the programs that tests need. Installs the Debian packages of missing programs. */
public final class ServerPrograms {

  private static final List<String> MARIADB = List.of("mariadb-server-core", "mariadb-client-core");
  private static final List<String> HAPROXY =
      List.of(
          "haproxy",
          "liblua5.4-0",
          "libopentracing-c-wrapper0t64",
          "libopentracing1",
          "libjemalloc2");
  private static final List<String> RSYSLOG =
      List.of("rsyslog", "rsyslog-openssl", "libestr0", "libfastjson4", "liblognorm5");
  private static final List<String> SLAPD = List.of("slapd", "libltdl7", "libwrap0");
  private static final List<String> FAKETIME = List.of("libfaketime");
  private static final List<String> NODE = List.of("nodejs", "npm");
  private static final List<String> PYTHON =
      List.of("python3", "python3-pydantic", "python3-urllib3", "python3-dateutil");
  private static final List<String> APACHE =
      List.of("apache2-bin", "libapache2-mod-oauth2", "libapache2-mod-auth-openidc");
  private static final Path APACHE_MODULES = Path.of("/usr/lib/apache2/modules");
  private static final List<String> CHROMIUM =
      List.of("chromium-headless-shell", "chromium-driver");
  private static final List<String> PATRONI = List.of("patroni", "python3-etcd");

  /**
   * Debian's folder of PostgreSQL programs, with a subfolder for each version. The PATH does not
   * contain this folder.
   */
  private static final Path POSTGRES_FOLDER = Path.of("/usr/lib/postgresql");

  /** Debian's library folder, with a subfolder for each architecture. */
  private static final Path LIBRARIES = Path.of("/usr/lib");

  /** Debian's folder of Python's libraries. */
  private static final Path PYTHON_LIBRARIES = Path.of("/usr/lib/python3/dist-packages");

  /** Debian's folder of the library with which Patroni uses etcd. */
  private static final Path ETCD_CLIENT = PYTHON_LIBRARIES.resolve("etcd");

  /** Lock file that permits one installation at a time. */
  private static final Path LOCK = Path.of("target/programs.lock").toAbsolutePath();

  private ServerPrograms() {}

  public static Path mariadbd() {
    return program("mariadbd", MARIADB);
  }

  public static Path mariadbInstallDb() {
    return program("mariadb-install-db", MARIADB);
  }

  /** Returns the path of the program that writes a backup of a MariaDB database. */
  public static Path mariadbDump() {
    return program("mariadb-dump", List.of("mariadb-client"));
  }

  public static Path chromium() {
    return program("chromium-headless-shell", CHROMIUM);
  }

  public static Path chromedriver() {
    return program("chromedriver", CHROMIUM);
  }

  /** Returns the path of Apache's program. The package of Apache does not start a service. */
  public static Path apache() {
    return program("apache2", APACHE);
  }

  /** Returns the folder of Apache's modules, which contains the OAuth modules. */
  public static Path apacheModules() {
    return found(
        () ->
            Optional.of(APACHE_MODULES)
                .filter(folder -> Files.isReadable(folder.resolve("mod_oauth2.so")))
                .filter(folder -> Files.isReadable(folder.resolve("mod_auth_openidc.so"))),
        APACHE);
  }

  public static Path zsh() {
    return program("zsh", List.of("zsh"));
  }

  public static Path fish() {
    return program("fish", List.of("fish"));
  }

  public static Path unzip() {
    return program("unzip", List.of("unzip"));
  }

  public static Path node() {
    return program("node", NODE);
  }

  public static Path npm() {
    return program("npm", NODE);
  }

  /** Returns the path of Debian's Python, which has the libraries of generated clients. */
  public static Path python() {
    return found(
        () ->
            Optional.of(Path.of("/usr/bin/python3"))
                .filter(Files::isExecutable)
                .filter(
                    program ->
                        Stream.of("pydantic", "urllib3", "dateutil")
                            .map(PYTHON_LIBRARIES::resolve)
                            .allMatch(Files::isDirectory)),
        PYTHON);
  }

  /**
   * Returns the path of PostgreSQL's server.
   *
   * @param version the major version
   */
  public static Path postgres(String version) {
    return postgres(version, "postgres");
  }

  /** Returns the path of the program that creates a data directory of PostgreSQL. */
  public static Path initdb(String version) {
    return postgres(version, "initdb");
  }

  /** Returns the path of the program that copies a running server of PostgreSQL. */
  public static Path pgBasebackup(String version) {
    return postgres(version, "pg_basebackup");
  }

  public static Path pgbouncer() {
    return program("pgbouncer", List.of("pgbouncer"));
  }

  private static Path postgres(String version, String name) {
    Path program = POSTGRES_FOLDER.resolve(version).resolve("bin").resolve(name);
    return found(
        () -> Optional.of(program).filter(Files::isExecutable), List.of("postgresql-" + version));
  }

  /**
   * Returns the path of Patroni. If Patroni is missing, this method installs the Debian package.
   * The package starts no service without a configuration.
   */
  public static Path patroni() {
    return found(() -> find("patroni").filter(program -> Files.isDirectory(ETCD_CLIENT)), PATRONI);
  }

  /** Returns the path of Patroni's command for operators. */
  public static Path patronictl() {
    return patroni().resolveSibling("patronictl");
  }

  /**
   * Returns the path of HAProxy. If HAProxy is missing, this method installs the Debian package.
   * The package starts a service, but the service listens on no port.
   */
  public static Path haproxy() {
    return program("haproxy", List.of("haproxy"));
  }

  /**
   * Returns the path of etcd. Does not install etcd, because an installation starts etcd on its
   * default ports.
   */
  public static Path etcd() {
    return withoutService("etcd", "etcd-server", "usr/bin/etcd");
  }

  /**
   * Returns the path of nginx. Does not install nginx, because an installation starts nginx on port
   * 80.
   */
  public static Path nginx() {
    return withoutService("nginx", "nginx", "usr/sbin/nginx");
  }

  /**
   * Returns the path of Caddy. Does not install Caddy, because an installation starts Caddy on port
   * 80.
   */
  public static Path caddy() {
    return withoutService("caddy", "caddy", "usr/bin/caddy");
  }

  /**
   * Returns the path of Prometheus' server. Does not install the server, because an installation
   * starts it on port 9090 of every address.
   */
  public static Path prometheus() {
    return withoutService("prometheus", "prometheus", "usr/bin/prometheus");
  }

  /** Returns the path of Prometheus' tool that checks rules and metrics. */
  public static Path promtool() {
    return withoutService("promtool", "promtool", "usr/bin/promtool");
  }

  /**
   * Returns the path of a program. If the program is missing, this method downloads and unpacks its
   * package. This method does not install the package, because an installation starts a service.
   *
   * @param name the name of the program
   * @param debianPackage the name of the package that contains the program
   * @param path the path of the program in the package
   */
  private static Path withoutService(String name, String debianPackage, String path) {
    return find(name).orElseGet(() -> unpacked(List.of(debianPackage), path).resolve(path));
  }

  /**
   * Returns the root folder of OpenLDAP's server. Below this folder, the server and its libraries
   * have the same paths as in Debian's package. The result is {@code /} if the server is installed.
   */
  public static Path slapdRoot() {
    return find("slapd").map(Path::getRoot).orElseGet(() -> unpacked(SLAPD, "usr/sbin/slapd"));
  }

  /** Returns the root folder of HAProxy and its libraries, as {@link #slapdRoot} does. */
  public static Path haproxyRoot() {
    return find("haproxy")
        .map(Path::getRoot)
        .orElseGet(() -> unpacked(HAPROXY, "usr/sbin/haproxy"));
  }

  /**
   * Returns the root folder of rsyslog, its modules and its libraries. Unpacks the packages even if
   * rsyslog is installed.
   */
  public static Path rsyslogRoot() {
    return unpacked(RSYSLOG, "usr/sbin/rsyslogd");
  }

  /** Returns the path of kubectl, which renders Kubernetes manifests without a cluster. */
  public static Path kubectl() {
    return program("kubectl", List.of("kubectl"));
  }

  /** Returns the path of the library for clusters of MariaDB servers. */
  public static Path libgalera() {
    String library = "usr/lib/galera/libgalera_smm.so";
    Path installed = Path.of("/", library);
    return Files.isReadable(installed)
        ? installed
        : unpacked(List.of("galera-4"), library).resolve(library);
  }

  /**
   * Downloads Debian packages and unpacks them into one folder, unless the folder already contains
   * {@code file}. Does not install the packages, because an installation starts a service.
   *
   * @param names the names of the packages; the folder has the name of the first one
   * @param file the path of the file in the packages
   * @return the folder
   */
  private static Path unpacked(List<String> names, String file) {
    Path folder = Path.of("target/programs").resolve(names.get(0)).toAbsolutePath();
    return alone(
        () -> {
          if (!Files.exists(folder.resolve(file))) {
            unpack(names, folder);
          }
          return folder;
        });
  }

  private static void unpack(List<String> names, Path folder) {
    String name = String.join(" ", names);
    try {
      Files.createDirectories(folder);
      Path packages = Files.createTempDirectory("access-tokens-packages-");
      String download =
          "apt-get -q download "
              + name
              + " || { "
              + update()
              + "; "
              + "apt-get -q download "
              + name
              + "; }";
      run(List.of("sh", "-c", "cd " + packages + " && { " + download + "; }"));
      run(
          List.of(
              "sh", "-c", "for p in " + packages + "/*.deb; do dpkg -x $p " + folder + "; done"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(advice(names), e);
    }
  }

  private static String update() {
    return String.join(" ", with(apt(), "update"));
  }

  /**
   * Returns the path of libfaketime. A process loads this library with the variable LD_PRELOAD, and
   * the library shifts the clock of the process.
   */
  public static Path libfaketime() {
    return found(ServerPrograms::findLibfaketime, FAKETIME);
  }

  private static Optional<Path> findLibfaketime() {
    try (Stream<Path> folders = Files.list(LIBRARIES)) {
      return folders
          .map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
          .filter(Files::isReadable)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path program(String name, List<String> packages) {
    return found(() -> find(name), packages);
  }

  private static Path found(Supplier<Optional<Path>> search, List<String> packages) {
    return search
        .get()
        .orElseGet(
            () ->
                alone(
                    () -> {
                      if (search.get().isEmpty()) {
                        install(packages);
                      }
                      return search
                          .get()
                          .orElseThrow(() -> new IllegalStateException(advice(packages)));
                    }));
  }

  /**
   * Runs one installation at a time, even if several test processes call this method, because
   * concurrent calls of apt-get fail.
   */
  private static synchronized Path alone(Supplier<Path> work) {
    try (FileChannel channel =
        FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock(); // closing the channel releases the lock
      return work.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String advice(List<String> packages) {
    return "a program is missing: install it, e.g. by \"sudo apt-get install "
        + String.join(" ", packages)
        + "\"";
  }

  private static Optional<Path> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/bin:/usr/local/sbin";
    List<Path> folders = new ArrayList<>();
    Stream.of(path.split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .forEach(directory -> folders.add(Path.of(directory)));
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static void install(List<String> packages) {
    List<String> apt = apt();
    try {
      run(with(apt, "update"));
      List<String> install = with(apt, "install", "--no-install-recommends");
      install.addAll(packages);
      run(install);
    } catch (IllegalStateException | UncheckedIOException e) {
      throw new IllegalStateException(advice(packages), e);
    }
  }

  private static List<String> apt() {
    List<String> apt = new ArrayList<>();
    if (!System.getProperty("user.name").equals("root")) {
      apt.addAll(List.of("sudo", "-n"));
    }
    apt.addAll(List.of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"));
    return apt;
  }

  private static List<String> with(List<String> command, String... arguments) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(arguments));
    return all;
  }

  /**
   * Runs a program and waits until the program ends.
   *
   * @throws IllegalStateException with the output of the program, if its exit code is not 0
   */
  public static void run(List<String> command) {
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
