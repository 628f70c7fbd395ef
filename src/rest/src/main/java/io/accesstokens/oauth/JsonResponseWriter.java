package io.accesstokens.oauth;

import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

/**
 * Writes the JSON responses of this package. The writers of a host application do not affect these
 * responses.
 */
@Produces(MediaType.APPLICATION_JSON)
final class JsonResponseWriter implements MessageBodyWriter<JsonResponse> {

  @Override
  public boolean isWriteable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return JsonResponse.class.isAssignableFrom(type);
  }

  @Override
  public void writeTo(
      JsonResponse response,
      Class<?> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, Object> httpHeaders,
      OutputStream body)
      throws IOException {
    body.write(response.toJson());
  }
}
