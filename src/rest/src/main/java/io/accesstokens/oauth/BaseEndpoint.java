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

/**
 * Base class of the OAuth endpoints. This class reads forms, and converts exceptions to error
 * responses.
 */
abstract class BaseEndpoint {

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
    throw new IllegalStateException(
        "AuthorizationServer.mount has not been called for this application");
  }

  /**
   * Returns the raw token in the required parameter {@code token}; empty if the value does not have
   * the format of a raw token.
   */
  final Optional<RawToken> sentToken(FormBody form) {
    return server().tokenService().rawTokenFormat().parse(form.required("token"));
  }

  /** Reads the form in the body of the request. */
  final FormBody form(InputStream body) {
    return form(body, FormBody.MAX_BYTES);
  }

  /** Reads the form in the body of the request, which may have at most {@code maxBytes} bytes. */
  final FormBody form(InputStream body, int maxBytes) {
    return FormBody.read(headers, uri.getRequestUri(), body, maxBytes);
  }

  /**
   * Runs the work of a request and converts exceptions to error responses.
   *
   * <p>This method converts the exceptions because the exception mappers of a host application do
   * not know the exceptions of this API.
   */
  final <T> T respond(Supplier<T> work) {
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
        : server.errorConverter().convert(thrown, requestHeaders);
  }
}
