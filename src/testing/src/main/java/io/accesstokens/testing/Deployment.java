package io.accesstokens.testing;

import java.io.IOException;
import java.nio.file.Path;

/** A way to serve the application: what is started, and where it then is. */
public interface Deployment {

  /** The folder of this deployment, in which all its files are. */
  Path folder();

  /** What comes before every path: empty, or a context path without a slash at its end. */
  String contextPath();

  /**
   * Whether the server is the application's own, which answers even what the application never sees
   * in the form of all errors.
   */
  boolean hasOwnServer();

  /**
   * Whether the server leaves some requests that are not HTTP without an answer, or with an empty
   * one.
   */
  default boolean mayStaySilent() {
    return false;
  }

  /**
   * Starts a process that serves on this loopback port.
   *
   * @param log gets all of its output
   */
  Process start(int port, Path log) throws IOException;
}
