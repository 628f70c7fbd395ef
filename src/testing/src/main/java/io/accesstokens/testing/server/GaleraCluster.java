package io.accesstokens.testing.server;

import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.program.ServerPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A Galera cluster of two MariaDB servers on loopback ports. A commit at one server becomes visible
 * at the other server after a short delay.
 *
 * <p>Both servers are empty at the start of the cluster. Therefore the second server starts with
 * the state identifier of the first server and copies no state.
 */
public final class GaleraCluster implements AutoCloseable {

  private static final String DATABASE = "test_galera";

  private final List<MariaDbServer> nodes = new ArrayList<>();

  /** Starts the cluster, and returns when both servers are ready. */
  public GaleraCluster() throws IOException {
    for (int i = 0; i < 2; i++) {
      MariaDbServer node = MariaDbServer.create();
      nodes.add(node);
      node.start(); // the first start creates the account
      node.stop();
    }
    int firstPort = ServerProcess.freePort();
    MariaDbServer first = nodes.get(0);
    first.start(options(firstPort, "gcomm://", List.of("--wsrep-new-cluster")));
    join(firstPort);
    try {
      awaitBothNodes(Duration.ofSeconds(30));
    } catch (ConditionTimeoutException e) {
      // In rare cases, the second server does not become ready. Then the server joins again.
      nodes.get(1).kill();
      join(firstPort);
      awaitBothNodes(Duration.ofMinutes(1));
    }
    first.newDatabase(DATABASE);
  }

  /**
   * Starts the second server with the state identifier and the position of the first server. The
   * second server then joins the cluster without a copy of the data.
   */
  private void join(int firstPort) throws IOException {
    MariaDbServer second = nodes.get(1);
    String uuid = status("wsrep_cluster_state_uuid");
    String position = status("wsrep_last_committed");
    Files.writeString(
        second.data().resolve("grastate.dat"),
        "# GALERA saved state\nversion: 2.1\nuuid: %s\nseqno: %s\nsafe_to_bootstrap: 0\n"
            .formatted(uuid, position));
    second.start(
        options(
            ServerProcess.freePort(),
            "gcomm://127.0.0.1:" + firstPort,
            List.of("--wsrep-start-position=" + uuid + ":" + position)));
  }

  private void awaitBothNodes(Duration limit) {
    Awaitility.await()
        .atMost(limit)
        .ignoreExceptions()
        .until(
            () ->
                nodes.stream()
                    .allMatch(
                        node ->
                            status(node, "wsrep_cluster_size").equals("2")
                                && status(node, "wsrep_ready").equals("ON")));
  }

  private static List<String> options(int port, String cluster, List<String> others) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--binlog-format=ROW",
                "--innodb-autoinc-lock-mode=2",
                "--wsrep-on=ON",
                "--wsrep-provider=" + ServerPrograms.libgalera(),
                "--wsrep-cluster-name=test",
                "--wsrep-cluster-address=" + cluster,
                "--wsrep-node-address=127.0.0.1:" + port,
                "--wsrep-sst-method=skip",
                "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:"
                    + port
                    + ";ist.recv_addr=127.0.0.1:"
                    + ServerProcess.freePort()
                    + ";gcache.size=16M"
                    // The machine can stop. The servers must not exclude each other afterwards.
                    + ";evs.suspect_timeout=PT30S;evs.inactive_timeout=PT30S"
                    + ";gmcast.peer_timeout=PT30S"));
    options.addAll(others);
    return options;
  }

  private String status(String name) {
    return status(nodes.get(0), name);
  }

  private static String status(MariaDbServer node, String name) {
    return node.query("Value", "show global status like '" + name + "'");
  }

  /**
   * Returns the shared database once for each server. Each element connects to the database through
   * a different server.
   */
  public List<TestDatabase> databases() {
    return nodes.stream().map(node -> node.database(DATABASE)).toList();
  }

  @Override
  public void close() {
    nodes.forEach(MariaDbServer::close);
  }
}
