package io.accesstokens.login.session;

import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Derives the names of the browser and the system from a {@code User-Agent}, such as {@code Firefox
 * on Linux}. Every name is a constant of this class. No text from a client is stored or shown.
 */
final class BrowserName {

  /** The maximum length of a header that is parsed. */
  private static final int LONGEST_USER_AGENT = 1_000;

  private static final int LONGEST_ADDRESS = 100;

  /** A text in a header and the name that it stands for. */
  private record Mark(String text, String name) {}

  /** The order matters: most browsers also claim to be Chrome or Safari. */
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

  /** The order matters: Android claims to be Linux, and iPhones claim to be Macs. */
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

  /** Returns the device that sent a request. */
  static Session.Device deviceOf(RequestInfo client) {
    List<String> userAgents = client.header("User-Agent");
    return new Session.Device(
        userAgents.size() == 1 ? of(userAgents.get(0)) : null, bounded(client.address()));
  }

  /** Returns the name, or null if neither the browser nor the system is known. */
  static @Nullable String of(String userAgent) {
    if (userAgent.length() > LONGEST_USER_AGENT) {
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

  /** Returns the address, or null if it is too long for the column of a session. */
  static @Nullable String bounded(@Nullable String address) {
    return address == null || address.length() > LONGEST_ADDRESS ? null : address;
  }
}
