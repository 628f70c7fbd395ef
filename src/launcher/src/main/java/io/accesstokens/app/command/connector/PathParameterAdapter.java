package io.accesstokens.app.command.connector;

import io.accesstokens.app.logging.RequestTrace;
import io.accesstokens.app.web.PathParameters;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.TraceContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.net.SocketEvent;

/**
 * Rejects a request with status 400 if its path has too many path parameters. The check runs before
 * Tomcat parses the parameters.
 *
 * <p>In addition, this class makes Tomcat close the connection after a response with status 400,
 * without reading the rest of the request body. This does not apply to suspended requests.
 */
final class PathParameterAdapter implements Adapter {

  private static final int BAD_REQUEST = 400;

  private final Adapter container;

  PathParameterAdapter(Adapter container) {
    this.container = container;
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    if (hasTooMany(request.requestURI())) {
      String traceId = RequestTrace.choose(name -> request.getMimeHeaders().values(name));
      request.setAttribute(RequestTrace.ATTRIBUTE, traceId);
      refuse(response, traceId);
      container.log(request, response, 0);
    } else {
      container.service(request, response);
      if (response.getStatus() == BAD_REQUEST && !isAsync(response)) {
        closeWithoutReading(response);
      }
    }
  }

  private static boolean isAsync(Response response) {
    AtomicBoolean async = new AtomicBoolean();
    response.action(ActionCode.ASYNC_IS_ASYNC, async);
    return async.get();
  }

  /**
   * Makes Tomcat close the connection without reading the rest of the body. Tomcat closes the
   * connection after 400 in any case, but would first wait for the body.
   */
  private static void closeWithoutReading(Response response) {
    response.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
  }

  private static boolean hasTooMany(MessageBytes path) {
    if (path.getType() != MessageBytes.T_BYTES) {
      return false;
    }
    ByteChunk chunk = path.getByteChunk();
    byte[] bytes = chunk.getBytes();
    return PathParameters.areTooMany(i -> bytes[i], chunk.getStart(), chunk.getEnd());
  }

  /**
   * Writes the error response that {@link ProblemErrorReportValve} would write for status 400. A
   * rejected request does not reach that valve.
   */
  private static void refuse(Response response, String traceId) throws IOException {
    byte[] body;
    TraceContext.Scope scope = TraceContext.open(traceId);
    try {
      body = Problem.ofStatus(BAD_REQUEST).toJson();
    } finally {
      scope.close();
    }
    response.addHeader(RequestTrace.HEADER, traceId);
    response.setStatus(BAD_REQUEST);
    response.setContentType(Problem.MEDIA_TYPE);
    response.addHeader("Cache-Control", "no-store");
    response.addHeader("X-Content-Type-Options", "nosniff");
    response.setContentLength(body.length);
    closeWithoutReading(response);
    response.doWrite(ByteBuffer.wrap(body));
  }

  @Override
  public boolean prepare(Request request, Response response) throws Exception {
    return container.prepare(request, response);
  }

  @Override
  public boolean asyncDispatch(Request request, Response response, SocketEvent event)
      throws Exception {
    return container.asyncDispatch(request, response, event);
  }

  @Override
  public void log(Request request, Response response, long time) {
    container.log(request, response, time);
  }

  @Override
  public void checkRecycled(Request request, Response response) {
    container.checkRecycled(request, response);
  }

  @Override
  public String getDomain() {
    return container.getDomain();
  }
}
