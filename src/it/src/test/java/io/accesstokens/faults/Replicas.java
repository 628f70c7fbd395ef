package io.accesstokens.faults;

import static io.accesstokens.testing.TokenRequest.good;

import io.accesstokens.testing.MariaDbServer;
import io.accesstokens.testing.RunningApplication;
import io.accesstokens.testing.ServiceTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Three replicas on one MariaDB server of their own. */
final class Replicas implements AutoCloseable {

  private final MariaDbServer server;
  private final List<Replica> all = new ArrayList<>();
  private final Thread atExit = new Thread(this::closeAll);

  private Replicas(MariaDbServer server) {
    this.server = server;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts them one after the other: the first makes the schema. */
  static Replicas start() throws IOException, InterruptedException {
    Replicas replicas = new Replicas(MariaDbServer.create());
    try {
      replicas.server.start();
      MariaDbServer.Database database = replicas.server.newDatabase();
      for (String name : List.of("a", "b", "c")) {
        boolean shiftable = name.equals("c");
        replicas.all.add(Replica.start(name, replicas.server, database, shiftable));
      }
      return replicas;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      replicas.close();
      throw e;
    }
  }

  List<Replica> all() {
    return List.copyOf(all);
  }

  /** A token that may make tokens and revoke them; its check is no dearer than any other. */
  String newManagingToken() {
    return newToken(
        "catalog:read",
        "access-tokens:service:read",
        "access-tokens:service:write",
        "access-tokens:service:revoke");
  }

  /** A token by which an application elsewhere may ask about others. */
  String newIntrospectingToken() {
    return newToken("access-tokens:introspect");
  }

  private String newToken(String... scopes) {
    return new ServiceTokens(all.get(0).application().api().as("alice"))
        .create(good().scopes(scopes))
        .rawToken();
  }

  /** Ends them as an operator does, so that their logs are complete. */
  void stop() throws InterruptedException {
    for (Replica replica : all) {
      RunningApplication application = replica.application();
      application.stop();
    }
  }

  /** Removes the logs, which are long; nobody needs those of a good run. */
  void deleteLogs() throws IOException {
    for (Replica replica : all) {
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
    for (Replica replica : all) {
      try {
        replica.close();
      } catch (IOException e) {
        // Its process is gone; a socket that does not close goes with this one.
      }
    }
    server.close();
  }
}
