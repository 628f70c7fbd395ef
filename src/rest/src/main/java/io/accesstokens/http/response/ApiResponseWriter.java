package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
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
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
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
    byte[] json = toJson(response);
    ResponseMemory.Reservation reserved =
        isLimited(response) ? memory.reserve(security, json.length) : () -> {};
    try {
      body.write(json);
    } finally {
      reserved.close();
    }
  }

  /**
   * Returns true if the response can be refused because of its size. The response to a request that
   * has changed data must be sent, because the change is committed. A page of the change feed must
   * be sent, because a verifier would otherwise lose its lease. Such a page has a maximum size.
   */
  private boolean isLimited(ResponseBody response) {
    boolean reads = request == null || request.getMethod().equals(HttpMethod.GET);
    return reads && !(response instanceof ChangePage);
  }

  /** Returns a response body as JSON in UTF-8. */
  public byte[] toJson(ResponseBody response) {
    return jsonb.toJson(response).getBytes(StandardCharsets.UTF_8);
  }
}
