package io.accesstokens.testing.server;

import java.io.IOException;
import java.nio.file.Path;

/** Starts the application in one kind of server, and describes where it is served. */
public interface Deployment {

  /** Returns the folder with all files of this deployment. */
  Path folder();

  /** Returns the prefix of every path: empty, or a context path without a trailing slash. */
  String contextPath();

  /**
   * Returns true if the application has its own server. That server sends every error in the common
   * error format, including errors for requests that the application never receives.
   */
  boolean hasOwnServer();

  /**
   * Returns true if the server may send no response or an empty one to some requests that are not
   * HTTP.
   */
  default boolean mayStaySilent() {
    return false;
  }

  /**
   * Starts a process that serves on this loopback port.
   *
   * @param log receives all output of the process
   */
  Process start(int port, Path log) throws IOException;
}
