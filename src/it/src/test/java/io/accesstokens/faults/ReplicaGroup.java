package io.accesstokens.faults;

import static io.accesstokens.testing.client.TokenRequest.good;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.PatroniCluster;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Three replicas on one database. */
final class ReplicaGroup implements AutoCloseable {

  private final AutoCloseable server;
  private final TestDatabase database;
  private final List<ReplicaProcess> all = new ArrayList<>();
  private final Thread atExit = new Thread(this::closeAll);

  private ReplicaGroup(AutoCloseable server, TestDatabase database) {
    this.server = server;
    this.database = database;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts the replicas one after the other, because the first one creates the schema. */
  static ReplicaGroup start(DatabaseServer server) throws IOException, InterruptedException {
    TestDatabase database;
    try {
      server.start();
      database = server.newDatabase();
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
    ReplicaGroup replicas = new ReplicaGroup(server, database);
    try {
      for (String name : List.of("a", "b", "c")) {
        boolean shiftable = name.equals("c");
        replicas.all.add(ReplicaProcess.start(name, server, database, shiftable));
      }
      return replicas;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      replicas.close();
      throw e;
    }
  }

  /**
   * Starts three replicas on a cluster, which is closed together with them. The first two replicas
   * connect to both servers, and the third one connects through the proxy.
   */
  static ReplicaGroup start(PatroniCluster cluster) throws IOException, InterruptedException {
    ReplicaGroup replicas = new ReplicaGroup(cluster, cluster.database());
    try {
      replicas.all.add(ReplicaProcess.start("a", cluster.database()));
      replicas.all.add(ReplicaProcess.start("b", cluster.database()));
      replicas.all.add(ReplicaProcess.start("c", cluster.proxiedDatabase()));
      return replicas;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      replicas.close();
      throw e;
    }
  }

  /** Returns the database of the replicas, for a direct connection. */
  TestDatabase database() {
    return database;
  }

  List<ReplicaProcess> all() {
    return List.copyOf(all);
  }

  /**
   * Creates a token that can create and revoke tokens; verifying it costs the same as any other
   * token.
   */
  String newManagingToken() {
    return newToken(
        "catalog:read",
        "access-tokens:service:read",
        "access-tokens:service:write",
        "access-tokens:service:revoke");
  }

  /** Creates a token with which a remote application can introspect tokens. */
  String newIntrospectingToken() {
    return newToken("access-tokens:introspect");
  }

  private String newToken(String... scopes) {
    return new ServiceTokens(all.get(0).application().api().as("alice"))
        .create(good().scopes(scopes))
        .rawToken();
  }

  /** Stops the replicas as an operator does, so that their logs are complete. */
  void stop() throws InterruptedException {
    for (ReplicaProcess replica : all) {
      RunningApplication application = replica.application();
      application.stop();
    }
  }

  /** Deletes the logs, which are long and not needed after a successful run. */
  void deleteLogs() throws IOException {
    for (ReplicaProcess replica : all) {
      for (Path log : replica.logs()) {
        Files.delete(log);
      }
    }
  }

  @Override
  public void close() {
    closeAll();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void closeAll() {
    for (ReplicaProcess replica : all) {
      try {
        replica.close();
      } catch (IOException e) {
        // The process has ended; a socket that cannot be closed ends with this process.
      }
    }
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException("the database does not end", e);
    }
  }
}
