package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.http.problem.TooManyLargeResponsesException;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.MessageBodyWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the response bodies of this API with JSON-B. The writers and the JSON-B configuration of a
 * host application do not affect these bodies.
 */
@Produces(MediaType.APPLICATION_JSON)
public final class ApiResponseWriter implements MessageBodyWriter<ResponseBody> {

  private final Jsonb jsonb = JsonbBuilder.create();
  private final ResponseMemory memory;

  @Context @Nullable SecurityContext security;
  @Context @Nullable Request request;

  /** Creates a writer with its own limit on the memory of large responses. */
  public ApiResponseWriter() {
    this(ResponseMemory.ofHeap());
  }

  public ApiResponseWriter(ResponseMemory memory) {
    this.memory = memory;
  }

  @Override
  public boolean isWriteable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return ResponseBody.class.isAssignableFrom(type);
  }

  @Override
  public void writeTo(
      ResponseBody response,
      Class<?> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, Object> httpHeaders,
      OutputStream body)
      throws IOException {
    if (!isLimited(response)) {
      body.write(toJson(response));
      return;
    }
    ResponseMemory.Reservation reserved = memory.open(security);
    try {
      LimitedBytes json = new LimitedBytes(reserved);
      jsonb.toJson(response, json);
      json.sendTo(body);
    } finally {
      reserved.close();
    }
  }

  /**
   * Collects the bytes of a response, and reserves memory for them. If the memory cannot be
   * reserved, discards all bytes. Then {@link #sendTo} throws a {@link
   * TooManyLargeResponsesException}. The methods {@code write} do not throw this exception, because
   * JSON-B would log the exception as an error.
   */
  private static final class LimitedBytes extends OutputStream {

    private static final int STEP = 64 * 1024;

    private final ResponseMemory.Reservation reserved;
    private final List<ByteArrayOutputStream> parts = new ArrayList<>();
    private ByteArrayOutputStream last = new ByteArrayOutputStream();
    private long size;
    private @Nullable TooManyLargeResponsesException refused;

    LimitedBytes(ResponseMemory.Reservation reserved) {
      this.reserved = reserved;
      parts.add(last);
    }

    @Override
    public void write(int one) {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (refused != null) {
        return;
      }
      size += length;
      if (last.size() + length > STEP) {
        try {
          reserved.resize(size);
        } catch (TooManyLargeResponsesException e) {
          // Releases the memory. Otherwise, concurrent responses could prevent each other until all
          // fail.
          reserved.close();
          parts.clear();
          refused = e;
          return;
        }
        last = new ByteArrayOutputStream(STEP);
        parts.add(last);
      }
      last.write(bytes, offset, length);
    }

    /**
     * Writes the bytes to a stream.
     *
     * @throws TooManyLargeResponsesException if other large responses have reserved too much memory
     */
    void sendTo(OutputStream body) throws IOException {
      if (refused != null) {
        throw refused;
      }
      reserved.resize(size);
      for (ByteArrayOutputStream part : parts) {
        part.writeTo(body);
      }
    }
  }

  /**
   * Returns true if the response can be refused because of its size. The response to a request that
   * has changed data must be sent, because the change is committed. A page of the change feed must
   * be sent, because a verifier would otherwise lose its lease. Such a page has a maximum size.
   */
  private boolean isLimited(ResponseBody response) {
    String method = request == null ? HttpMethod.GET : request.getMethod();
    boolean reads = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    return reads && !(response instanceof ChangesResponse);
  }

  /** Returns a response body as JSON in UTF-8. */
  public byte[] toJson(ResponseBody response) {
    return jsonb.toJson(response).getBytes(StandardCharsets.UTF_8);
  }
}
