package io.accesstokens.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.servlet.ServletException;
import java.io.IOException;

/**
 * CDI's request scope around the answering of a request.
 *
 * <p>By CDI itself, and not by listeners of the servlet container: Tomcat does not call those at
 * the end of a request that was still being answered when the application was told to stop, and
 * what Weld keeps in the thread would stay there.
 */
@ApplicationScoped
public class RequestScope {

  /** What is done within the scope. */
  @FunctionalInterface
  public interface Answering {
    /** Answers. */
    void run() throws IOException, ServletException;
  }

  /** Answers within the scope, which ends with it in this thread. */
  @ActivateRequestContext
  public void around(Answering answering) throws IOException, ServletException {
    answering.run();
  }
}
