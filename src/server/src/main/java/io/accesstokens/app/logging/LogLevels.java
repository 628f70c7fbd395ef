package io.accesstokens.app.logging;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.regex.Pattern;

/**
 * Parses the configured levels of loggers. The name of the root logger is an empty string.
 *
 * <p>Detailed levels are allowed only for the loggers of this application. At detailed levels,
 * libraries log headers of requests and parameters of SQL statements, which can contain
 * credentials.
 */
public final class LogLevels {

  private static final Map<String, Level> LEVELS =
      Map.of(
          "off", Level.OFF,
          "error", Level.SEVERE,
          "warning", Level.WARNING,
          "info", Level.INFO,
          "debug", Level.FINE,
          "trace", Level.FINER);

  private static final String APPLICATION = "io.accesstokens";
  private static final String ROOT = "root";

  /** Names of the loggers whose levels cannot be configured. */
  private static final List<String> FIXED = List.of("audit", "access");

  private static final int MAX_LEVELS = 100;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_$.-]{1,200}+");

  private LogLevels() {}

  /**
   * Parses elements of the form {@code LOGGER=LEVEL}.
   *
   * @param elements the elements, for example {@code org.hibernate=error}
   * @param errors receives the index of each wrong element, and the rule that the element violates
   * @return the levels by the name of the logger, in the order of the elements
   */
  public static Map<String, Level> parse(
      List<String> elements, BiConsumer<Integer, String> errors) {
    Map<String, Level> levels = new LinkedHashMap<>();
    for (int i = 0; i < elements.size(); i++) {
      int index = i;
      String[] parts = elements.get(i).strip().split("=", 2);
      String logger = parts[0].strip();
      Level level =
          parts.length == 2 ? LEVELS.get(parts[1].strip().toLowerCase(Locale.ROOT)) : null;
      Optional<String> error =
          level == null
              ? Optional.of(
                  "must be LOGGER=LEVEL, with off, error, warning, info, debug or trace as level")
              : errorMessage(i, logger, level);
      String name = logger.equals(ROOT) ? "" : logger;
      if (error.isEmpty() && level != null && levels.put(name, level) != null) {
        error = Optional.of("must name each logger once");
      }
      error.ifPresent(text -> errors.accept(index, text));
    }
    return levels;
  }

  private static Optional<String> errorMessage(int index, String logger, Level level) {
    if (index >= MAX_LEVELS) {
      return Optional.of(
          "must not be set, because the list has at most " + MAX_LEVELS + " elements");
    }
    if (!NAME.matcher(logger).matches()) {
      return Optional.of("must have the name of a logger before the equals sign");
    }
    if (FIXED.contains(logger)) {
      return Optional.of("must not name the logger " + logger + ", which has no levels");
    }
    boolean own = logger.equals(APPLICATION) || logger.startsWith(APPLICATION + '.');
    boolean detailed = level.intValue() < Level.INFO.intValue();
    return detailed && !own
        ? Optional.of(
            "must be info or higher, because detailed lines of libraries can contain credentials")
        : Optional.empty();
  }
}
