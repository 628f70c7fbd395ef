package io.accesstokens.app.page;

import io.accesstokens.app.web.ProblemServlet;
import io.accesstokens.auth.header.HeaderElement;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves the pages and their assets, and handles every path that no other servlet handles.
 *
 * <p>Supports GET and HEAD, {@code ETag} with {@code If-None-Match} (RFC 9110, section 13.1.2), and
 * gzip for clients that accept gzip. The status for an unknown path is 404. The response is then a
 * page if the method is GET or HEAD, {@code Accept} names {@code text/html}, and the path is not
 * too deep. Otherwise, the response to an unknown path is a problem document.
 */
public final class PageServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private static final String METHODS = "GET, HEAD, OPTIONS";

  /**
   * Maps each redirected path to its target page. The target is relative to the redirected path.
   * The sign-in page leads a signed-in user to the first page that the user may read.
   */
  private static final Map<String, String> REDIRECTS =
      Map.of(
          "/", "sign-in",
          "/admin", "admin/access-tokens",
          "/admin/", "access-tokens",
          "/settings", "settings/personal-tokens",
          "/settings/", "personal-tokens");

  /**
   * Value of {@code Cache-Control} for assets that are requested by their current hash. The content
   * of a path with this hash never changes.
   */
  private static final String FOR_A_YEAR = "public, max-age=31536000, immutable";

  private static final String REVALIDATE = "no-cache";
  private static final String NOT_KEPT = "no-store";

  private static final String POLICY = "Content-Security-Policy";

  /**
   * Maximum number of folders in an unknown path for which the response is a page. Each folder
   * makes the relative references in the page longer.
   */
  private static final int MAX_DEPTH = 16;

  private static final String GZIP_TAG = "-gzip";
  private static final Set<String> GZIP = Set.of("gzip", "x-gzip");

  private transient @Nullable PageFiles files;

  @Override
  public void init() {
    files = new PageFiles(getServletContext());
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    PageFiles known = Objects.requireNonNull(files, "init was not called");
    String path = path(request);
    Optional<PageFile> page = known.page(path);
    Optional<PageFiles.Asset> asset = known.asset(path);
    Optional<String> redirect = toRoot(request).or(() -> redirect(path));
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (page.isEmpty() && asset.isEmpty() && redirect.isEmpty()) {
      notFound(known, request, response);
      return;
    }
    switch (request.getMethod()) {
      case "GET", "HEAD" -> {
        if (page.isPresent()) {
          // A response 304 also has the header, because the browser updates the headers of its
          // stored page.
          response.setHeader(POLICY, known.policy());
          send(page.get(), REVALIDATE, request, response);
        } else if (asset.isPresent()) {
          String kept = asset.get().isCurrent() ? FOR_A_YEAR : NOT_KEPT;
          send(asset.get().file(), kept, request, response);
        } else {
          redirect(redirect.orElseThrow(), request, response);
        }
      }
      case "OPTIONS" -> {
        response.setHeader("Allow", METHODS);
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      }
      default -> {
        response.setHeader("Allow", METHODS);
        ProblemServlet.write(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      }
    }
  }

  /** Returns the decoded path of a request, relative to the root of the application. */
  private static String path(HttpServletRequest request) {
    return request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
  }

  /**
   * Returns the target of a redirect that appends a slash to the context path; empty if no slash is
   * missing. Relative references need the slash, and some containers (Payara) do not append a
   * slash.
   */
  private static Optional<String> toRoot(HttpServletRequest request) {
    String context = request.getContextPath();
    return context.equals(request.getRequestURI())
        ? Optional.of(context.substring(context.lastIndexOf('/') + 1) + '/')
        : Optional.empty();
  }

  private static Optional<String> redirect(String path) {
    String elsewhere = REDIRECTS.get(path);
    if (elsewhere == null && path.endsWith("/")) {
      String page = path.substring(0, path.length() - 1);
      boolean fixed = PageFiles.isFixed(page);
      elsewhere = fixed ? "../" + page.substring(page.lastIndexOf('/') + 1) : null;
    }
    return Optional.ofNullable(elsewhere);
  }

  private static void redirect(
      String target, HttpServletRequest request, HttpServletResponse response) {
    String query = request.getQueryString();
    response.setStatus(HttpServletResponse.SC_FOUND);
    // The target is relative (RFC 9110, section 10.2.2), because the public path behind a proxy may
    // differ from the path of this application.
    response.setHeader("Location", query == null ? target : target + '?' + query);
    response.setHeader("Cache-Control", NOT_KEPT);
    response.setContentLength(0);
  }

  private static void send(
      PageFile file, String kept, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean gzip = acceptsGzip(request);
    String tag = '"' + file.hash() + (gzip ? GZIP_TAG : "") + '"';
    response.setHeader("Cache-Control", kept);
    response.setHeader("Vary", "Accept-Encoding");
    response.setHeader("ETag", tag);
    if (names(Collections.list(request.getHeaders("If-None-Match")), tag)) {
      response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
      return;
    }
    byte[] body = file.content(gzip);
    response.setContentType(file.contentType());
    if (gzip) {
      response.setHeader("Content-Encoding", "gzip");
    }
    write(body, request, response);
  }

  private static void write(byte[] body, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentLength(body.length);
    if (!request.getMethod().equals("HEAD")) {
      response.getOutputStream().write(body);
    }
  }

  /**
   * Returns true if the client accepts gzip. An asterisk in {@code Accept-Encoding} matches every
   * coding that the header does not name (RFC 9110, section 12.5.3).
   */
  private static boolean acceptsGzip(HttpServletRequest request) {
    boolean others = false;
    for (HeaderElement coding :
        HeaderElement.list(Collections.list(request.getHeaders("Accept-Encoding")))) {
      if (GZIP.contains(coding.name())) {
        return coding.quality() > 0;
      }
      others |= coding.name().equals("*") && coding.quality() > 0;
    }
    return others;
  }

  /**
   * Returns true if the header {@code If-None-Match} contains the entity tag or an asterisk. Uses
   * the weak comparison, as RFC 9110 requires for this header.
   */
  private static boolean names(List<String> header, String tag) {
    return elements(header).stream()
        .map(element -> element.startsWith("W/") ? element.substring(2) : element)
        .anyMatch(element -> element.equals(tag) || element.equals("*"));
  }

  private static List<String> elements(List<String> header) {
    return header.stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .map(String::strip)
        .toList();
  }

  private static void notFound(
      PageFiles files, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean forPeople =
        HeaderElement.list(Collections.list(request.getHeaders("Accept"))).stream()
            .anyMatch(range -> range.name().equals("text/html") && range.quality() > 0);
    boolean isRead = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    String below = request.getRequestURI().substring(request.getContextPath().length());
    int depth = Math.max(0, (int) below.chars().filter(c -> c == '/').count() - 1);
    if (!forPeople || !isRead || depth > MAX_DEPTH) {
      ProblemServlet.write(response, HttpServletResponse.SC_NOT_FOUND);
      return;
    }
    response.setStatus(HttpServletResponse.SC_NOT_FOUND);
    response.setHeader("Cache-Control", NOT_KEPT);
    response.setHeader(POLICY, files.policy());
    response.setContentType("text/html; charset=utf-8");
    write(files.notFound(depth), request, response);
  }
}
