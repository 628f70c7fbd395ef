package io.accesstokens.testing.fuzz;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP method of a path, as the document describes it.
 *
 * @param method in upper case
 * @param path below the API's root, with placeholders
 * @param parameters of the path and of the query
 * @param body null if the operation declares none
 * @param responses by status
 * @param anyMethod true if every other method of the path has the same responses
 */
record Operation(
    String method,
    String path,
    List<Parameter> parameters,
    @Nullable Body body,
    Map<Integer, DeclaredResponse> responses,
    boolean anyMethod) {

  /**
   * A parameter.
   *
   * @param in {@code path} or {@code query}
   */
  record Parameter(String name, String in, boolean required, JsonObject schema) {

    boolean isInPath() {
      return in.equals("path");
    }
  }

  /** A request body. */
  record Body(String mediaType, boolean required, JsonObject schema) {

    boolean isForm() {
      return mediaType.endsWith("form-urlencoded");
    }
  }

  /**
   * A response.
   *
   * @param content the schema of each media type; empty for no body
   * @param headers the required headers
   */
  record DeclaredResponse(Map<String, JsonObject> content, Set<String> headers) {}

  /** Returns method and path. */
  String name() {
    return method + ' ' + path;
  }

  /**
   * Returns the path up to its first placeholder, with a trailing slash. Ids belong to this path.
   */
  String family() {
    int placeholder = path.indexOf('{');
    return placeholder < 0 ? path + '/' : path.substring(0, placeholder);
  }

  /** Returns true if the response with this status contains a new raw token. */
  boolean creates(int status) {
    DeclaredResponse response = responses.get(status);
    return response != null
        && response.content().values().stream()
            .anyMatch(schema -> OpenApi.properties(schema).containsKey("rawToken"));
  }

  @Override
  public String toString() {
    return name();
  }
}
