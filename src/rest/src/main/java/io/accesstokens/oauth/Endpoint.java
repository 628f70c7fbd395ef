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

/** What the endpoints have in common: a form with a token comes in, and errors are answered. */
abstract class Endpoint {

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  Configuration configuration;

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  HttpHeaders headers;

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  UriInfo uri;

  final AuthorizationServer server() {
    if (configuration.getProperty(AuthorizationServer.PROPERTY)
        instanceof AuthorizationServer mounted) {
      return mounted;
    }
    throw new IllegalStateException("the endpoints are not mounted");
  }

  /**
   * The token that the form holds; empty if it does not have the form of a raw token, whatever else
   * it may be.
   */
  final Optional<RawToken> sentToken(FormBody form) {
    return server().authority().rawTokenFormat().parse(form.required("token"));
  }

  /** Returns the form that was sent. */
  final FormBody form(InputStream body) {
    return form(body, FormBody.MAX_BYTES);
  }

  /** Returns the form that was sent, of at most the given number of bytes. */
  final FormBody form(InputStream body, int maxBytes) {
    return FormBody.read(headers, uri.getRequestUri(), body, maxBytes);
  }

  /** Does the work of a request. What it throws is answered here, as mappers know nothing of it. */
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
