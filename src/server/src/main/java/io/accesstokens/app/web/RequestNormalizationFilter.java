package io.accesstokens.app.web;

import io.accesstokens.http.input.Negotiation;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Normalizes the parts of a request that Jersey's servlet reads before Jersey's filters run.
 * Without this filter, a malformed header or query leads to an error before authentication, or to a
 * server error (5xx).
 *
 * <ol>
 *   <li>The response to a path with too many {@link PathParameters} is 400. The server of {@code
 *       java -jar} refuses this path earlier.
 *   <li>{@link Negotiation} normalizes {@code Accept} and {@code Content-Type}.
 *   <li>A percent sign in the query that does not start an escape becomes {@code %FF}. Otherwise,
 *       Jersey would throw an exception. The byte FF never occurs in UTF-8. Therefore, a resource
 *       that reads the query responds with 400.
 *   <li>This filter prevents the container from parsing forms.
 * </ol>
 */
public final class RequestNormalizationFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (PathParameters.areTooMany(request.getRequestURI())) {
      RefusedRequests.refuse(request, response, HttpServletResponse.SC_BAD_REQUEST);
    } else {
      chain.doFilter(new NormalizedRequest(request), response);
    }
  }

  private static final class NormalizedRequest extends HttpServletRequestWrapper {

    private static final String NO_CHARACTER = "%FF";

    private final Map<String, String> replaced;
    private final @Nullable String query;

    NormalizedRequest(HttpServletRequest request) {
      super(request);
      query = decodable(request.getQueryString());
      String contentType = Negotiation.contentType(list(request, "Content-Type"));
      String accept = Negotiation.accept(list(request, "Accept"));
      replaced =
          contentType == null
              ? Map.of("accept", accept)
              : Map.of("accept", accept, "content-type", contentType);
    }

    private static List<String> list(HttpServletRequest request, String name) {
      return Collections.list(request.getHeaders(name));
    }

    private static @Nullable String decodable(@Nullable String query) {
      int percent = query == null ? -1 : query.indexOf('%');
      if (query == null || percent < 0) {
        return query;
      }
      StringBuilder decodable = new StringBuilder(query.length());
      int from = 0;
      for (; percent >= 0; percent = query.indexOf('%', from)) {
        boolean escape =
            percent + 2 < query.length()
                && HexFormat.isHexDigit(query.charAt(percent + 1))
                && HexFormat.isHexDigit(query.charAt(percent + 2));
        decodable.append(query, from, percent).append(escape ? "%" : NO_CHARACTER);
        from = percent + 1;
      }
      return decodable.append(query, from, query.length()).toString();
    }

    @Override
    public @Nullable String getQueryString() {
      return query;
    }

    @Override
    public @Nullable String getHeader(String name) {
      String value = replaced.get(name.toLowerCase(Locale.ROOT));
      return value == null ? super.getHeader(name) : value;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      String value = replaced.get(name.toLowerCase(Locale.ROOT));
      return value == null ? super.getHeaders(name) : Collections.enumeration(List.of(value));
    }

    /**
     * Returns no names, because this application does not use servlet parameters. The
     * implementation of the container parses forms and queries, and logs malformed parameters.
     */
    @Override
    public Enumeration<String> getParameterNames() {
      return Collections.emptyEnumeration();
    }

    @Override
    public @Nullable String getContentType() {
      return getHeader("Content-Type");
    }
  }
}
