package io.accesstokens.app;

import java.util.Collection;
import java.util.Set;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Resources that Jersey is given as objects. It logs of each that it is "a provider" that "will be
 * ignored", which is true of no resource: they are served. An operator must not find that in the
 * log of each start.
 */
final class ResourceObjects {

  /** Held, or the filter would go with it: the JDK forgets loggers that nobody holds. */
  private static final Logger PROVIDERS =
      Logger.getLogger("org.glassfish.jersey.internal.inject.Providers");

  private static volatile @Nullable Filter filter;

  private ResourceObjects() {}

  /** Keeps that from the log, of these and of nothing else. */
  static void keepQuiet(Collection<?> resources) {
    Set<String> names =
        resources.stream()
            .map(it -> "provider " + it.getClass().getName() + " registered in SERVER runtime")
            .collect(Collectors.toUnmodifiableSet());
    Filter quiet = entry -> isOfInterest(entry, names);
    filter = quiet;
    PROVIDERS.setFilter(quiet);
  }

  /** Lets go of them, as the application ends: the logger can be one of the whole process. */
  static void forget() {
    if (filter != null && PROVIDERS.getFilter() == filter) {
      PROVIDERS.setFilter(null);
    }
  }

  private static boolean isOfInterest(LogRecord entry, Set<String> unfounded) {
    String message = String.valueOf(entry.getMessage());
    return unfounded.stream().noneMatch(message::contains);
  }
}
