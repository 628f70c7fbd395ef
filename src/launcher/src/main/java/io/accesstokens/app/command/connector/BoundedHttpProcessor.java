package io.accesstokens.app.command.connector;

import io.accesstokens.app.web.RequestBodyFilter;
import java.io.IOException;
import org.apache.coyote.Adapter;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** An HTTP processor that saves the state of its connection for the {@link ConnectionSweep}. */
final class BoundedHttpProcessor extends Http11Processor {

  private final AbstractHttp11Protocol<?> protocol;
  private final ClientConnections connections;

  BoundedHttpProcessor(
      AbstractHttp11Protocol<?> protocol, Adapter adapter, ClientConnections connections) {
    super(protocol, adapter);
    this.protocol = protocol;
    this.connections = connections;
  }

  @Override
  public SocketState process(SocketWrapperBase<?> wrapper, SocketEvent event) throws IOException {
    ClientConnection connection = connections.of(wrapper);
    if (connection == null) {
      return super.process(wrapper, event);
    }
    if (!isAsync() && request.getStartTimeNanos() != ClientConnection.NOT_STARTED) {
      // The head arrived in several parts. The deadline of the body counts from the start of the
      // head.
      request.setAttribute(RequestBodyFilter.HEAD_STARTED_AT, request.getStartTimeNanos());
    }
    int servedBefore = request.getRequestProcessor().getRequestCount();
    connection.enter(request, response);
    SocketState state = null;
    try {
      state = super.process(wrapper, event);
      return state;
    } finally {
      leave(
          connection,
          wrapper,
          state,
          request.getRequestProcessor().getRequestCount() != servedBefore);
    }
  }

  private void leave(
      ClientConnection connection,
      SocketWrapperBase<?> wrapper,
      @Nullable SocketState state,
      boolean served) {
    boolean started = request.getStartTimeNanos() != ClientConnection.NOT_STARTED;
    if (state == SocketState.LONG && isAsync()) {
      // Tomcat has just set the timeout of a request head. This timeout would end the connection
      // before the application can respond with 408.
      wrapper.setReadTimeout(protocol.getConnectionUploadTimeout());
      connection.recordSuspended();
    } else if (state == SocketState.LONG) {
      connection.recordIncompleteHead(served, request.getStartTimeNanos());
    } else if (started) { // blank lines before a request line
      connection.recordIncompleteHead(served, System.nanoTime());
    } else {
      connection.recordIdle(served);
    }
  }
}
