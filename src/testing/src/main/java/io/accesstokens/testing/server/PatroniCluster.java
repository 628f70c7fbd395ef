package io.accesstokens.testing.server;

import io.accesstokens.testing.TemporaryFolders;
import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.program.ServerPrograms;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Two PostgreSQL servers with synchronous replication, which Patroni controls. Patroni stores the
 * state of the cluster in etcd. An HAProxy forwards connections to the primary server. All
 * processes use loopback ports, and end with the JVM.
 */
public final class PatroniCluster implements AutoCloseable {

  /** Name of the account that the tests use. */
  public static final String USER = "tester";

  /** Password of {@link #USER}. */
  public static final String PASSWORD = "tester-secret";

  /**
   * Lifetime of the lock with which Patroni marks the leader in etcd, in seconds. The value is the
   * minimum that Patroni accepts. If a whole machine crashes, the standby becomes the leader only
   * after this time.
   */
  public static final int LEADER_SECONDS = 20;

  private static final String DATABASE = "access_tokens";
  private static final Duration REQUEST = Duration.ofSeconds(2);
  private static final String SYNCHRONOUS = "sync_standby streaming";
  private static final String CONFIGURATION = "patroni.yaml";

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(REQUEST).build();
  private final Path directory;
  private final int etcdPort = ServerProcess.freePort();
  private final int proxyPort = ServerProcess.freePort();
  private final List<PatroniNode> nodes = new ArrayList<>();
  private final List<Process> others = new ArrayList<>();

  /** Starts the cluster, and returns when the standby replicates synchronously. */
  public PatroniCluster() throws IOException {
    directory = Files.createTempDirectory("access-tokens-patroni-");
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    PostgresServer.makeWritable(directory);
    startEtcd();
    for (String name : List.of("one", "two")) {
      PatroniNode node = new PatroniNode(name, directory);
      Files.writeString(node.configuration(), configuration(node));
      nodes.add(node);
      node.startPatroni();
    }
    awaitStandby();
    createDatabase();
    startProxy();
  }

  private void startEtcd() throws IOException {
    String peer = "http://127.0.0.1:" + ServerProcess.freePort();
    String clients = "http://127.0.0.1:" + etcdPort;
    start(
        "etcd",
        PostgresServer.unprivileged(
            ServerPrograms.etcd().toString(),
            "--name=etcd",
            "--data-dir=" + directory.resolve("etcd"),
            "--listen-client-urls=" + clients,
            "--advertise-client-urls=" + clients,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=etcd=" + peer,
            "--log-level=warn"));
  }

  private void startProxy() throws IOException {
    Path file = directory.resolve("haproxy.cfg");
    String servers =
        nodes.stream()
            .map(
                node ->
                    "  server %s 127.0.0.1:%d check port %d%n"
                        .formatted(node.name(), node.port(), node.apiPort()))
            .collect(Collectors.joining());
    Files.writeString(file, resource("haproxy.cfg").formatted(proxyPort) + servers);
    start("haproxy", List.of(ServerPrograms.haproxy().toString(), "-db", "-f", file.toString()));
  }

  private void start(String name, List<String> command) throws IOException {
    others.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start());
  }

  private String configuration(PatroniNode node) throws IOException {
    return resource(CONFIGURATION)
        .formatted(
            node.name(),
            node.apiPort(),
            etcdPort,
            LEADER_SECONDS,
            node.port(),
            node.data(),
            ServerPrograms.postgres("17").getParent(),
            USER,
            PASSWORD);
  }

  private static String resource(String name) throws IOException {
    try (var in = PatroniCluster.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void createDatabase() {
    try (Connection connection = DriverManager.getConnection(url("postgres"), USER, PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + DATABASE);
    } catch (SQLException e) {
      throw new IllegalStateException("the database " + DATABASE + " cannot be created", e);
    }
  }

  /**
   * Returns the database of the cluster. The JDBC URL names both servers, and the driver connects
   * to the primary server.
   */
  public TestDatabase database() {
    return new TestDatabase(url(DATABASE), USER, PASSWORD);
  }

  private String url(String database) {
    return nodes.stream()
        .map(node -> "127.0.0.1:" + node.port())
        .collect(
            Collectors.joining(
                ",", "jdbc:postgresql://", "/" + database + "?targetServerType=primary"));
  }

  /**
   * Returns the database of the cluster. The JDBC URL names HAProxy, which forwards to the primary
   * server.
   */
  public TestDatabase proxiedDatabase() {
    return new TestDatabase(
        "jdbc:postgresql://127.0.0.1:" + proxyPort + "/" + DATABASE, USER, PASSWORD);
  }

  /** Returns the node that is the leader according to Patroni; empty if there is none. */
  public Optional<PatroniNode> leader() {
    return nodes.stream().filter(node -> state(node).equals("leader running")).findFirst();
  }

  /** Returns the node that is not the given node. */
  public PatroniNode other(PatroniNode node) {
    return nodes.get(1 - nodes.indexOf(node));
  }

  /**
   * Returns the role and the state of a node according to Patroni, such as {@code leader running}
   * or {@code sync_standby streaming}. Returns an empty text if Patroni does not know the node, or
   * if no Patroni responds.
   */
  private String state(PatroniNode node) {
    return state(cluster(), node);
  }

  private static String state(@Nullable JsonObject cluster, PatroniNode node) {
    return cluster == null
        ? ""
        : cluster.getJsonArray("members").getValuesAs(JsonObject.class).stream()
            .filter(member -> member.getString("name").equals(node.name()))
            .map(member -> member.getString("role") + ' ' + member.getString("state"))
            .findFirst()
            .orElse("");
  }

  /**
   * Returns the state of the cluster from the first Patroni that responds; null if no Patroni
   * responds.
   */
  private @Nullable JsonObject cluster() {
    for (PatroniNode node : nodes) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.apiPort() + "/cluster"))
              .timeout(REQUEST)
              .build();
      try (JsonReader reader =
          Json.createReader(
              client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body())) {
        return reader.readObject();
      } catch (IOException e) {
        // The next node may respond.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    return null;
  }

  /** Waits until one node is the leader and the other node replicates synchronously. */
  public void awaitStandby() {
    nodes
        .get(0)
        .await(
            () -> {
              Optional<PatroniNode> leader = leader();
              if (leader.isEmpty() || !isSynchronousStandby(other(leader.get()))) {
                throw new IOException("there is no synchronous standby");
              }
            });
  }

  /** Waits until Patroni no longer reports that the given node replicates synchronously. */
  public void awaitLostStandby(PatroniNode node) {
    node.await(
        () -> {
          JsonObject cluster = cluster();
          if (cluster == null) {
            throw new IOException("no Patroni responds");
          }
          if (state(cluster, node).equals(SYNCHRONOUS)) {
            throw new IOException(node.name() + " is still the synchronous standby");
          }
        });
  }

  private boolean isSynchronousStandby(PatroniNode node) {
    return state(node).equals(SYNCHRONOUS);
  }

  /** Waits until the given node is the leader. */
  public void awaitLeader(PatroniNode node) {
    node.await(
        () -> {
          if (!state(node).equals("leader running")) {
            throw new IOException(node.name() + " is not the leader");
          }
        });
  }

  /** Makes the standby the primary server, as an operator does. */
  public void switchOver() {
    ServerPrograms.run(
        List.of(
            ServerPrograms.patronictl().toString(),
            "-c",
            nodes.get(0).configuration().toString(),
            "switchover",
            "--force"));
  }

  /** Kills all processes, and removes their data. */
  @Override
  public synchronized void close() {
    nodes.forEach(PatroniNode::close);
    others.forEach(process -> process.destroyForcibly().onExit().join());
    TemporaryFolders.delete(directory);
  }
}
