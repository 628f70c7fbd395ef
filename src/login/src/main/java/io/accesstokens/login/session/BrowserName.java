package io.accesstokens.login.session;

import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Derives a display name of the browser and the operating system, such as {@code Firefox on Linux},
 * from a {@code User-Agent} header. All parts of the name are constants of this class. No text from
 * a client is stored or shown.
 */
final class BrowserName {

  /** Maximum length of a {@code User-Agent} header that is parsed, in characters. */
  private static final int MAX_USER_AGENT_LENGTH = 1_000;

  private static final int MAX_ADDRESS_LENGTH = 100;

  /**
   * A text that can occur in a {@code User-Agent} header, and the name of the browser or operating
   * system that the text identifies.
   */
  private record Mark(String text, String name) {}

  /**
   * The texts that identify browsers. The order matters, because the {@code User-Agent} of most
   * browsers also contains the name of Chrome or Safari.
   */
  private static final List<Mark> BROWSERS =
      List.of(
          new Mark("Edg/", "Edge"),
          new Mark("EdgA/", "Edge"),
          new Mark("EdgiOS/", "Edge"),
          new Mark("OPR/", "Opera"),
          new Mark("Vivaldi/", "Vivaldi"),
          new Mark("SamsungBrowser/", "Samsung Internet"),
          new Mark("Firefox/", "Firefox"),
          new Mark("FxiOS/", "Firefox"),
          new Mark("CriOS/", "Chrome"),
          new Mark("Chrome/", "Chrome"),
          new Mark("HeadlessChrome/", "Chrome"),
          new Mark("Safari/", "Safari"),
          new Mark("curl/", "curl"),
          new Mark("Java-http-client/", "Java"),
          new Mark("python-requests/", "Python"));

  /**
   * The texts that identify operating systems. The order matters, because the {@code User-Agent} of
   * Android also contains Linux.
   */
  private static final List<Mark> SYSTEMS =
      List.of(
          new Mark("iPhone", "iPhone"),
          new Mark("iPad", "iPad"),
          new Mark("Android", "Android"),
          new Mark("Windows", "Windows"),
          new Mark("CrOS", "ChromeOS"),
          new Mark("Macintosh", "macOS"),
          new Mark("Linux", "Linux"));

  private BrowserName() {}

  /** Returns the display name and the address of the device that sent a request. */
  static Session.Device deviceOf(RequestInfo requestInfo) {
    List<String> userAgents = requestInfo.header("User-Agent");
    return new Session.Device(
        userAgents.size() == 1 ? of(userAgents.get(0)) : null, bounded(requestInfo.address()));
  }

  /**
   * Returns the display name for a {@code User-Agent} header. Returns null if neither the browser
   * nor the operating system is known.
   */
  static @Nullable String of(String userAgent) {
    if (userAgent.length() > MAX_USER_AGENT_LENGTH) {
      return null;
    }
    String browser = first(BROWSERS, userAgent);
    String system = first(SYSTEMS, userAgent);
    if (browser == null) {
      return system;
    }
    return system == null ? browser : browser + " on " + system;
  }

  private static @Nullable String first(List<Mark> marks, String userAgent) {
    return marks.stream()
        .filter(mark -> userAgent.contains(mark.text()))
        .map(Mark::name)
        .findFirst()
        .orElse(null);
  }

  /**
   * Returns the client address; null if the address is too long for the database column of a
   * session.
   */
  static @Nullable String bounded(@Nullable String address) {
    return address == null || address.length() > MAX_ADDRESS_LENGTH ? null : address;
  }
}
