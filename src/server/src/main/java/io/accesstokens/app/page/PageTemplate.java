package io.accesstokens.app.page;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Completes the HTML of the pages, so that a browser paints the header as early as possible.
 *
 * <ol>
 *   <li>The script {@code early.js} and the style sheet {@code frame.css} come first, inside the
 *       page. Therefore, the first paint needs no further request. The {@link #policy} allows this
 *       script and this style sheet by their hashes.
 *   <li>The modules of the page follow as {@code modulepreload} links. Otherwise, a browser would
 *       find the imports of a module only after it has loaded the module.
 *   <li>The static header replaces the page's empty header. The main style sheet follows after the
 *       header, so that the header does not wait for it. On a page without a header, the main style
 *       sheet follows after the static content.
 * </ol>
 */
final class PageTemplate {

  private static final String HEADER_FILE = "header.html";

  /**
   * The template file of each page that has no file of its own. These pages differ only in their
   * main script.
   */
  private static final String COMMON_FILE = "page.html";

  private static final String EMPTY_HEADER =
      "<header class=\"top\"><div class=\"wrap\"></div></header>";
  private static final String END_OF_MAIN = "  </main>\n";
  private static final String FIRST_LINK = "  <link ";
  private static final String ROOT = "{root}";
  private static final String SCRIPT = "{script}";

  private static final Pattern MODULE_SCRIPT =
      Pattern.compile("<script type=\"module\" src=\"([./]{0,30})assets/([a-z0-9-]{1,60}\\.js)\">");

  /**
   * Matches the file name in a static {@code import … from} or {@code export … from} statement.
   * Does not match a dynamic import.
   */
  private static final Pattern IMPORT = Pattern.compile(" from '\\./([a-z0-9-]{1,60}\\.js)';");

  private static final Pattern INDENTATION = Pattern.compile("\\n\\s++");

  private final Map<String, byte[]> assets;
  private final Map<String, byte[]> pages;
  private final String header;
  private final String earlyScript;
  private final String frameStyle;

  /**
   * Creates the template.
   *
   * @param assets the content of each asset by its name
   * @param pages the content of each file in the directory {@code pages} by its name, including the
   *     header
   */
  PageTemplate(Map<String, byte[]> assets, Map<String, byte[]> pages) {
    this.assets = assets;
    this.pages = pages;
    this.header = file(HEADER_FILE).strip();
    this.earlyScript = inline("early.js");
    this.frameStyle = inline("frame.css");
  }

  /** Returns the content of an asset that becomes a part of each page. */
  private String inline(String name) {
    String content = compact(text(asset(name)));
    // A tag could end the element. A path of an asset is replaced later, so the hash would be
    // wrong.
    if (content.contains("</") || content.contains("<!--") || content.contains("assets/")) {
      throw new IllegalStateException(name + " contains a text that cannot be inside a page");
    }
    return content;
  }

  /**
   * Returns the content security policy of the pages.
   *
   * @param policy the policy of all responses, which allows no inline script or style
   */
  String policy(String policy) {
    return policy
        .replace("script-src 'self'", "script-src 'self' " + ContentHash.source(earlyScript))
        .replace("style-src 'self'", "style-src 'self' " + ContentHash.source(frameStyle));
  }

  /**
   * Removes the block comments and the indentation of a style sheet or a script, so that a first
   * visit transfers less. The script must not contain template literals.
   */
  static String compact(String text) {
    StringBuilder kept = new StringBuilder();
    int position = 0;
    for (int open = text.indexOf("/*"); open >= 0; open = text.indexOf("/*", position)) {
      kept.append(text, position, open);
      int close = text.indexOf("*/", open + 2);
      position = close < 0 ? text.length() : close + 2;
    }
    kept.append(text, position, text.length());
    return INDENTATION.matcher(kept).replaceAll("\n").strip();
  }

  /**
   * Returns a script without the block comments that have lines of their own. Comments in a line
   * with code stay. No template literal may contain a line that begins with a block comment.
   */
  static String withoutComments(String script) {
    StringBuilder kept = new StringBuilder();
    boolean isComment = false;
    for (String line : script.split("\n", -1)) {
      String text = line.strip();
      boolean isLast = text.endsWith("*/");
      isComment = isComment || (text.startsWith("/*") && (isLast || !text.contains("*/")));
      if (!isComment) {
        kept.append(line).append('\n');
      }
      isComment = isComment && !isLast;
    }
    return kept.toString();
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }

  private String file(String name) {
    return text(Objects.requireNonNull(pages.get(name), () -> "there is no file pages/" + name));
  }

  /**
   * Returns the complete HTML of a page. If the page has no file of its own, uses the file {@value
   * #COMMON_FILE}. The main script of the page is then the script with the name of the page.
   *
   * @param page the name of the page
   * @param toRoot the relative path from the page to the root of the application
   */
  String complete(String page, String toRoot) {
    String own = page + ".html";
    String html =
        pages.containsKey(own)
            ? file(own)
            : file(COMMON_FILE).replace(ROOT, toRoot).replace(SCRIPT, page + ".js");
    String root = "";
    List<String> scripts = new ArrayList<>();
    Matcher script = MODULE_SCRIPT.matcher(html);
    while (script.find()) {
      root = script.group(1);
      scripts.add(script.group(2));
    }
    String mainStyle = "  <link rel=\"stylesheet\" href=\"" + root + "assets/app.css\">\n";
    int links = html.indexOf(FIRST_LINK);
    if (scripts.isEmpty() || links < 0 || !html.contains(mainStyle)) {
      throw new IllegalStateException("the page " + page + " has no script or no style sheet");
    }
    String early =
        "  <script>"
            + earlyScript
            + "</script>\n  <style>"
            + frameStyle
            + "</style>\n"
            + preloads(root, scripts);
    String completed =
        (html.substring(0, links) + early + html.substring(links)).replace(mainStyle, "");
    String lateStyle = mainStyle.replace("\">", "\" fetchpriority=\"low\">");
    return completed.contains(EMPTY_HEADER)
        ? completed.replace(
            EMPTY_HEADER, header.replace(ROOT, root) + '\n' + lateStyle.stripTrailing())
        : completed.replace(END_OF_MAIN, END_OF_MAIN + lateStyle);
  }

  /**
   * Returns the preload links, the smallest file first. While a browser waits for the main style
   * sheet, the browser loads one file of low priority at a time. The smallest file delays the style
   * sheet least.
   */
  private String preloads(String root, List<String> scripts) {
    return modules(scripts).stream()
        .sorted(Comparator.comparingInt((String module) -> asset(module).length))
        .map(
            module ->
                "  <link rel=\"modulepreload\" href=\"%sassets/%s\" fetchpriority=\"low\">\n"
                    .formatted(root, module))
        .collect(Collectors.joining());
  }

  /**
   * Returns the file names of the given scripts, and of all modules that these scripts import,
   * directly or indirectly.
   */
  private Set<String> modules(List<String> scripts) {
    Set<String> found = new LinkedHashSet<>(scripts);
    List<String> unread = new ArrayList<>(scripts);
    while (!unread.isEmpty()) {
      Matcher imported = IMPORT.matcher(text(asset(unread.remove(0))));
      while (imported.find()) {
        if (found.add(imported.group(1))) {
          unread.add(imported.group(1));
        }
      }
    }
    return found;
  }

  private byte[] asset(String name) {
    return Objects.requireNonNull(assets.get(name), () -> "there is no asset " + name);
  }
}
