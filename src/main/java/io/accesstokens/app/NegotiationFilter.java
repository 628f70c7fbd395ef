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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies {@link Negotiation} before Jersey's servlet looks at {@code Content-Type}, which it does
 * before any of its filters: a malformed one would be answered before it is known who calls.
 */
public final class NegotiationFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(new Tidied(request), response);
  }

  private static final class Tidied extends HttpServletRequestWrapper {

    private final Map<String, String> replaced;

    Tidied(HttpServletRequest request) {
      super(request);
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
