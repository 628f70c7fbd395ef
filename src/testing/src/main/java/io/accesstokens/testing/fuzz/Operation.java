package io.accesstokens.testing.fuzz;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An operation of the OpenAPI document: an HTTP method of a path.
 *
 * @param method the HTTP method, in upper case
 * @param path the path below the root of the API, with placeholders
 * @param parameters the parameters in the path, in the query and in the headers
 * @param body the request body, or null if the operation declares none
 * @param responses the declared responses, by status
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
   * A parameter of an operation.
   *
   * @param in {@code path}, {@code query} or {@code header}
   */
  record Parameter(String name, String in, boolean required, JsonObject schema) {

    boolean isInPath() {
      return in.equals("path");
    }

    boolean isInHeader() {
      return in.equals("header");
    }
  }

  /** A request body that an operation declares. */
  record Body(String mediaType, boolean required, JsonObject schema) {

    boolean isForm() {
      return mediaType.endsWith("form-urlencoded");
    }
  }

  /**
   * A response that an operation declares.
   *
   * @param content the schema of each media type; empty if the response has no body
   * @param headers the names of the required headers
   */
  record DeclaredResponse(Map<String, JsonObject> content, Set<String> headers) {}

  /** Returns the method and the path, separated by a space. */
  String name() {
    return method + ' ' + path;
  }

  /**
   * Returns the path up to its first placeholder, with a trailing slash. Operations for which this
   * method returns the same path accept the same ids.
   */
  String family() {
    int placeholder = path.indexOf('{');
    return placeholder < 0 ? path + '/' : path.substring(0, placeholder);
  }

  /** Returns true if a response with this status contains a new raw token. */
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
