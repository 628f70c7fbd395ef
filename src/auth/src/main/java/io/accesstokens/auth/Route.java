package io.accesstokens.auth;

import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resource method that requires scopes or roles. It is told by what the application declares,
 * never by what a request says, so that no spelling of a path makes one route look like another.
 *
 * @param method the request method that it is declared for: {@code GET}, also if the request is a
 *     {@code HEAD} that the runtime serves by it
 * @param path the template that class and method declare, with a slash in front and without regular
 *     expressions: {@code /catalog/{name}}. Of a class that a sub-resource locator gives, only what
 *     comes below the locator.
 * @param resource the class
 * @param handler the method of that class
 * @param required the scopes, all of which are needed, or the roles, one of which is
 * @param declaredStage the stage that {@link RequiresScope#stage} names, or null
 */
public record Route(
    String method,
    String path,
    Class<?> resource,
    Method handler,
    List<String> required,
    @Nullable Stage declaredStage) {

  public Route {
    required = List.copyOf(required);
  }

  /** The stage that the route declares, or else this one. */
  public Stage stageOr(Stage otherwise) {
    return declaredStage == null ? otherwise : declaredStage;
  }

  /** For logs: {@code GET /catalog/{name} (Catalog.read)}. */
  @Override
  public String toString() {
    return method + ' ' + path + " (" + resource.getSimpleName() + '.' + handler.getName() + ')';
  }
}
