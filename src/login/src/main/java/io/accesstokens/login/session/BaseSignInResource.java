package io.accesstokens.login.session;

import io.accesstokens.http.resource.BaseResource;
import io.accesstokens.login.password.RequestInfo;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import org.jspecify.annotations.Nullable;

/** Base class of the resources for sign-ins and sessions. */
public abstract class BaseSignInResource extends BaseResource {

  @Context private @Nullable HttpServletRequest servletRequest;

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Context
  protected UriInfo uri;

  /**
   * Returns the properties of the current request.
   *
   * @param method the HTTP method of the request
   */
  protected final RequestInfo requestInfo(String method) {
    return new RequestInfo(
        servletRequest,
        method,
        uri::getRequestUri,
        headers.getRequestHeaders(),
        RequestInfo.addressOf(servletRequest),
        security.isSecure());
  }
}
