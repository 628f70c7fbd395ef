package io.accesstokens.app.metrics;

import jakarta.servlet.ServletRequest;

/** Marks the requests that arrived at the management port of {@code java -jar}. */
public final class ManagementPort {

  /**
   * The name of the request attribute that the server sets, with the value true. A client cannot
   * set an attribute.
   */
  public static final String ATTRIBUTE = "io.accesstokens.app.managementPort";

  private ManagementPort() {}

  /** Returns true if a request arrived at the management port. */
  public static boolean received(ServletRequest request) {
    return Boolean.TRUE.equals(request.getAttribute(ATTRIBUTE));
  }
}
