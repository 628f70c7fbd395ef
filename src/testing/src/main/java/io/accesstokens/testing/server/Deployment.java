package io.accesstokens.testing.server;

import java.io.IOException;
import java.nio.file.Path;

/** A deployment of the application in one kind of server. */
public interface Deployment {

  /** Returns the folder that contains all files of this deployment. */
  Path folder();

  /**
   * Returns the context path without a trailing slash. The context path is empty if the application
   * has the root path.
   */
  default String contextPath() {
    return "";
  }

  /**
   * Returns true if the application runs in the server of {@code java -jar}. This server sends
   * every error in the common error format, even for requests that never reach the application.
   */
  boolean isStandalone();

  /**
   * Returns true if the server may send no response, or an empty response, to input that is not
   * HTTP.
   */
  default boolean mayIgnoreNonHttp() {
    return false;
  }

  /**
   * Starts a process that serves the application on the given loopback port.
   *
   * @param log the file that receives all output of the process
   */
  Process start(int port, Path log) throws IOException;
}
