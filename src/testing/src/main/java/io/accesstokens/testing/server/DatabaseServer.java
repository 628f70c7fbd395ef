package io.accesstokens.testing.server;

/**
 * A database server for tests, on a loopback port, with its data in a temporary directory. After a
 * restart, the server has the same port and the same data. All servers end with the JVM.
 */
public interface DatabaseServer extends AutoCloseable {

  /** Starts the server, and returns when the server responds. */
  void start();

  /** Stops the server as an operator does. */
  void stop();

  /** Kills the server with SIGKILL. */
  void kill();

  /** Freezes the server (SIGSTOP): connections stay open, but the server does not respond. */
  void pause();

  /** Resumes the server after {@link #pause()} (SIGCONT). */
  void resume();

  /** Returns the loopback port of the server, which is the same after a restart. */
  int port();

  /** Creates an empty database with a new name. */
  TestDatabase newDatabase();

  /** Kills the server if it runs, and removes its data. */
  @Override
  void close();
}
