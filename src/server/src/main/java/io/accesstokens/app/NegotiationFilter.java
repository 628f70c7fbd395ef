package io.accesstokens.app;

import io.accesstokens.http.Negotiation;
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
 * Prepares what Jersey's servlet reads before any of its filters, and fails on if it is malformed:
 * a malformed header or query would be answered before it is known who calls, or as an error of
 * this service.
 *
 * <ol>
 *   <li>A path with too many {@link PathParameters} is answered 400. The own server refuses it
 *       earlier.
 *   <li>{@link Negotiation} is applied to {@code Accept} and {@code Content-Type}.
 *   <li>A percent sign of the query that begins no escape becomes {@code %FF}, a byte that UTF-8
 *       does not have. Jersey decodes the query of each form without a body, and throws for the
 *       former. The latter reaches the route, whose strict decoding refuses it with 400 if the
 *       query is read at all.
 *   <li>The container is never made to parse a form.
 * </ol>
 */
public final class NegotiationFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (PathParameters.areTooMany(request.getRequestURI())) {
      RefusedRequests.refuse(request, response, HttpServletResponse.SC_BAD_REQUEST);
    } else {
      chain.doFilter(new Tidied(request), response);
    }
  }

  private static final class Tidied extends HttpServletRequestWrapper {

    private static final String NO_CHARACTER = "%FF";

    private final Map<String, String> replaced;
    private final @Nullable String query;

    Tidied(HttpServletRequest request) {
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
     * None: nothing here wants a servlet's parameters, and whoever asks for them has the container
     * read forms and queries, and log what it cannot read.
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
