package io.accesstokens.app.page;

import io.accesstokens.auth.HeaderElement;
import io.accesstokens.http.Problem;
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
 * The pages and their assets, and an answer for every path that nothing else answers.
 *
 * <p>GET and HEAD, with {@code ETag} and {@code If-None-Match} (RFC 9110, section 13.1.2) and with
 * gzip for those who accept it. An unknown path is 404: a page if {@code Accept} names {@code
 * text/html}, else a problem document.
 */
public final class PageServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private static final String METHODS = "GET, HEAD, OPTIONS";

  /** Paths that stand for a page elsewhere; relative to themselves. */
  private static final Map<String, String> REDIRECTS =
      Map.of(
          "/", "admin/access-tokens",
          "/admin", "admin/access-tokens",
          "/admin/", "access-tokens",
          "/settings", "settings/personal-tokens",
          "/settings/", "personal-tokens");

  /** What is asked for by its hash does not change; what is not is asked for again. */
  private static final String FOR_A_YEAR = "public, max-age=31536000, immutable";

  private static final String REVALIDATE = "no-cache";
  private static final String NOT_KEPT = "no-store";

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
    PageFiles known = Objects.requireNonNull(files, "init comes first");
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
        problem(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      }
    }
  }

  /** The path from the application's root, decoded. */
  private static String path(HttpServletRequest request) {
    return request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
  }

  /** The slash that relative references need, where the container (Payara) does not see to it. */
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
    // Relative (RFC 9110, section 10.2.2): behind a proxy, this may not be where the caller is.
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

  /** RFC 9110, section 12.5.3: the asterisk stands for every coding that is not named. */
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

  /** By weak comparison, as RFC 9110 has it for this header. */
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
    if (!forPeople || !isRead) {
      problem(response, HttpServletResponse.SC_NOT_FOUND);
      return;
    }
    String below = request.getRequestURI().substring(request.getContextPath().length());
    int depth = Math.max(0, (int) below.chars().filter(it -> it == '/').count() - 1);
    response.setStatus(HttpServletResponse.SC_NOT_FOUND);
    response.setHeader("Cache-Control", NOT_KEPT);
    response.setContentType("text/html; charset=utf-8");
    write(files.notFound(depth), request, response);
  }

  private static void problem(HttpServletResponse response, int status) throws IOException {
    byte[] body = Problem.ofStatus(status).toJson();
    response.setStatus(status);
    response.setHeader("Cache-Control", NOT_KEPT);
    response.setContentType(Problem.MEDIA_TYPE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
