package io.accesstokens.auth.enforcement;

import io.accesstokens.auth.RequiresScope;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resource method that requires scopes or roles. Its declarations identify it, and the text of a
 * request never does. So no spelling of a path makes one method look like another.
 *
 * @param method the declared request method; {@code GET} also if the runtime serves a {@code HEAD}
 *     request with this resource method
 * @param path the path template of the class and the method, with a leading slash and without
 *     regular expressions: {@code /catalog/{name}}. For a class that a sub-resource locator
 *     returns, only the part below the locator.
 * @param resource the class
 * @param handler the method of that class
 * @param required the required scopes or roles: the caller needs all of the scopes, or one of the
 *     roles
 * @param declaredMode the value of {@link RequiresScope#mode}, or null
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

  /** Returns the declared mode, or the given one if none is declared. */
  public EnforcementMode modeOr(EnforcementMode otherwise) {
    return declaredMode == null ? otherwise : declaredMode;
  }

  /** Returns a text for logs: {@code GET /catalog/{name} (Catalog.read)}. */
  @Override
  public String toString() {
    return method + ' ' + path + " (" + resource.getSimpleName() + '.' + handler.getName() + ')';
  }
}
