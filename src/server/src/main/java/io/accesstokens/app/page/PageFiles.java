package io.accesstokens.app.page;

import io.accesstokens.app.web.SecurityHeadersFilter;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds all pages and assets of the web archive in memory. */
final class PageFiles {

  private static final String ANY_ID = "/*";

  /**
   * Maps each page path to the name of the page. A path that ends in {@link #ANY_ID} is the path of
   * a token's page.
   */
  private static final Map<String, String> PAGES =
      Map.ofEntries(
          Map.entry("/sign-in", "sign-in"),
          Map.entry("/admin/access-tokens", "list"),
          Map.entry("/admin/access-tokens/overview", "overview"),
          Map.entry("/admin/access-tokens/audit", "audit"),
          Map.entry("/admin/access-tokens/people", "people"),
          Map.entry("/admin/access-tokens/sessions", "sessions"),
          Map.entry("/admin/access-tokens/api", "api"),
          Map.entry("/admin/access-tokens" + ANY_ID, "token"),
          Map.entry("/settings/personal-tokens", "personal-tokens"),
          Map.entry("/settings/personal-tokens/consent", "consent"),
          Map.entry("/settings/personal-tokens" + ANY_ID, "personal-token"));

  private static final String NOT_FOUND = "not-found";

  private static final String ASSETS = "/assets/";
  private static final Pattern ASSET_PATH = Pattern.compile("/assets/([0-9a-f]+)/([a-z0-9.-]+)");

  private final Map<String, PageFile> assets = new TreeMap<>();
  private final Map<String, PageFile> pages = new TreeMap<>();
  private final String notFound;
  private final String policy;
  private final String version;

  /**
   * A requested asset.
   *
   * @param file the content of the asset
   * @param isCurrent true if the requested path contains the asset hash of this version
   */
  record Asset(PageFile file, boolean isCurrent) {}

  private static byte[] compact(String name, byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    if (name.endsWith(".css")) {
      return PageTemplate.compact(text).getBytes(StandardCharsets.UTF_8);
    }
    return name.endsWith(".js")
        ? PageTemplate.withoutComments(text).getBytes(StandardCharsets.UTF_8)
        : content;
  }

  /** Reads all pages and assets of the application into memory. */
  PageFiles(ServletContext context) {
    Map<String, byte[]> assetContents = read(context, ASSETS);
    assetContents.replaceAll(PageFiles::compact);
    assetContents.forEach((name, content) -> assets.put(name, PageFile.of(name, content)));
    version =
        ContentHash.of(
            assets.entrySet().stream()
                .map(asset -> (asset.getKey() + ' ' + asset.getValue().hash() + '\n'))
                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new));
    PageTemplate template = new PageTemplate(assetContents, read(context, "/pages/"));
    policy = template.policy(SecurityHeadersFilter.CONTENT_SECURITY_POLICY);
    PAGES.forEach(
        (path, name) -> {
          String html = versioned(template.complete(name, toRoot(folders(path))));
          pages.put(name, PageFile.of(name + ".html", html.getBytes(StandardCharsets.UTF_8)));
        });
    notFound = versioned(template.complete(NOT_FOUND, ""));
  }

  /** Returns the number of folders between the root of the application and a path. */
  private static int folders(String path) {
    return (int) path.chars().filter(c -> c == '/').count() - 1;
  }

  private static String toRoot(int folders) {
    return "../".repeat(folders);
  }

  private String versioned(String page) {
    return page.replace("assets/", "assets/" + version + '/');
  }

  private static Map<String, byte[]> read(ServletContext context, String folder) {
    Map<String, byte[]> files = new TreeMap<>();
    Set<String> paths = context.getResourcePaths(folder);
    if (paths == null) {
      throw new IllegalStateException("the archive has no folder " + folder);
    }
    for (String path : paths) {
      try (InputStream in = Objects.requireNonNull(context.getResourceAsStream(path), path)) {
        files.put(path.substring(folder.length()), in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(path, e);
      }
    }
    return files;
  }

  /**
   * Returns the page for a path; empty if there is no page with this path.
   *
   * @param path the decoded path, relative to the root of the application, with a leading slash
   */
  Optional<PageFile> page(String path) {
    String name = PAGES.get(path);
    int lastPart = path.lastIndexOf('/') + 1;
    if (name == null && lastPart < path.length()) {
      name = PAGES.get(path.substring(0, lastPart - 1) + ANY_ID);
    }
    return Optional.ofNullable(name).map(pages::get);
  }

  /** Returns the value of {@code Content-Security-Policy} for all pages. */
  String policy() {
    return policy;
  }

  /** Returns true if a path belongs to a page and has no variable part. */
  static boolean isFixed(String path) {
    return PAGES.containsKey(path) && !path.endsWith(ANY_ID);
  }

  /** Returns the asset for a path; empty if there is no asset with this path. */
  Optional<Asset> asset(String path) {
    Matcher matcher = ASSET_PATH.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    boolean isCurrent = matcher.group(1).equals(version);
    return Optional.ofNullable(assets.get(matcher.group(2)))
        .map(file -> new Asset(file, isCurrent));
  }

  /**
   * Returns the content of the page for unknown paths.
   *
   * @param depth the number of folders between the root of the application and the requested path
   */
  byte[] notFound(int depth) {
    return notFound
        .replace("\"assets/", '"' + toRoot(depth) + "assets/")
        .getBytes(StandardCharsets.UTF_8);
  }
}
