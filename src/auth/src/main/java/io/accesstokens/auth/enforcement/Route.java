package io.accesstokens.auth.enforcement;

import io.accesstokens.auth.RequiresScope;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resource method that requires scopes or roles. Only the declarations in the code identify a
 * route, never the text of a request.
 *
 * @param method the declared HTTP request method. For a {@code HEAD} request that a {@code GET}
 *     method serves, this value is {@code GET}.
 * @param path the path template of the class and the method, such as {@code /catalog/{name}}: with
 *     a leading slash, and without regular expressions. For a class that a sub-resource locator
 *     returns, the template has only the part below the locator.
 * @param resource the resource class
 * @param handler the Java method of the resource class
 * @param required all required scopes, or all accepted roles of which the caller needs one
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

  /** Returns the declared mode, or {@code defaultMode} if no mode is declared. */
  public EnforcementMode modeOr(EnforcementMode defaultMode) {
    return declaredMode == null ? defaultMode : declaredMode;
  }

  /** Returns a text for logs: {@code GET /catalog/{name} (Catalog.read)}. */
  @Override
  public String toString() {
    return method + ' ' + path + " (" + resource.getSimpleName() + '.' + handler.getName() + ')';
  }
}
