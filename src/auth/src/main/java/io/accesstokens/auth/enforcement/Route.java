package io.accesstokens.auth.enforcement;

import io.accesstokens.auth.RequiresScope;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resource method that requires scopes or roles. The declarations in the code identify a route,
 * never the text of a request. So an unusual spelling of a request's path cannot select another
 * route.
 *
 * @param method the declared HTTP request method. A resource method for {@code GET} may also serve
 *     {@code HEAD} requests, and then this value is {@code GET} too.
 * @param path the path template of the class and the method, with a leading slash and without
 *     regular expressions: {@code /catalog/{name}}. For a class that a sub-resource locator
 *     returns, only the part below the locator.
 * @param resource the resource class
 * @param handler the Java method of the resource class
 * @param required the required scopes or roles: the caller needs all of the scopes, or one of the
 *     roles
 * @param declaredMode the value of {@link RequiresScope#mode}; null if no mode is declared
 */
public record Route(
    String method,
    String path,
    Class<?> resource,
    Method handler,
    List<String> required,
    @Nullable EnforcementMode declaredMode) {

  public Route {
    required = List.copyOf(required);
  }

  /** Returns the declared mode, or the given mode if no mode is declared. */
  public EnforcementMode modeOr(EnforcementMode otherwise) {
    return declaredMode == null ? otherwise : declaredMode;
  }

  /** Returns a text for logs: {@code GET /catalog/{name} (Catalog.read)}. */
  @Override
  public String toString() {
    return method + ' ' + path + " (" + resource.getSimpleName() + '.' + handler.getName() + ')';
  }
}
