package io.accesstokens.app.web;

import io.accesstokens.exchange.PublishedMetadata;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Serves the metadata of the authorization server at {@code GET
 * /.well-known/oauth-authorization-server/api/auth}. RFC 8414, section 3.1, defines this path,
 * which begins with the well-known part.
 *
 * <p>If the application runs below a context path, a proxy must map the path of RFC 8414 to this
 * servlet.
 */
public final class MetadataServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private transient @Nullable PublishedMetadata published;

  @Inject
  void configure(Optional<PublishedMetadata> metadata) {
    published = metadata.orElse(null);
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    PublishedMetadata metadata = published;
    if (metadata == null || !metadata.issuerPath().equals(request.getPathInfo())) {
      ProblemServlet.write(response, HttpServletResponse.SC_NOT_FOUND);
      return;
    }
    response.setHeader("Allow", METHODS);
    switch (request.getMethod()) {
      case "GET", "HEAD" -> write(metadata.authorizationServer(), response);
      case "OPTIONS" -> response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      default -> ProblemServlet.write(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }
  }

  private static void write(byte[] document, HttpServletResponse response) throws IOException {
    response.setContentType("application/json");
    response.setHeader("Cache-Control", PublishedMetadata.CACHE_CONTROL);
    response.setContentLength(document.length);
    response.getOutputStream().write(document);
  }
}
