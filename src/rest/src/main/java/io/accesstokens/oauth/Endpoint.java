package io.accesstokens.oauth;

import io.accesstokens.verify.RawToken;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads forms and converts exceptions to error responses, for all OAuth endpoints. */
abstract class Endpoint {

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  Configuration configuration;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  HttpHeaders headers;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  UriInfo uri;

  final AuthorizationServer server() {
    if (configuration.getProperty(AuthorizationServer.PROPERTY)
        instanceof AuthorizationServer mounted) {
      return mounted;
    }
    throw new IllegalStateException("the endpoints are not mounted");
  }

  /** Returns the token of the form; empty if the value does not have the form of a raw token. */
  final Optional<RawToken> sentToken(FormBody form) {
    return server().tokenService().rawTokenFormat().parse(form.required("token"));
  }

  /** Returns the form of the request. */
  final FormBody form(InputStream body) {
    return form(body, FormBody.MAX_BYTES);
  }

  /** Returns the form of the request, of at most {@code maxBytes} bytes. */
  final FormBody form(InputStream body, int maxBytes) {
    return FormBody.read(headers, uri.getRequestUri(), body, maxBytes);
  }

  /**
   * Runs the work of a request and converts its exceptions to error responses.
   *
   * <p>The conversion happens here because the exception mappers of a host do not know our
   * exceptions.
   */
  final <T> T answer(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw error(e, server(), headers.getRequestHeaders());
    }
  }

  private static RuntimeException error(
      RuntimeException thrown,
      AuthorizationServer server,
      MultivaluedMap<String, String> requestHeaders) {
    return thrown instanceof WebApplicationException own
            && own.getResponse().getEntity() instanceof OAuthError
        ? own
        : server.failures().answer(thrown, requestHeaders);
  }
}
