package io.accesstokens.transparency;

import io.accesstokens.log.LogArchive;

/** Thrown if events are not in the store, because they were moved to an archive. */
public final class EventsArchivedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private EventsArchivedException(String message) {
    super(message);
  }

  /** Creates the exception for entries that are in an archive. */
  public static EventsArchivedException ofEntries(LogArchive archive) {
    return new EventsArchivedException("the log does not have these entries: " + moved(archive));
  }

  /** Creates the exception for an event that is unknown or in an archive. */
  public static EventsArchivedException ofEvent(LogArchive archive) {
    return new EventsArchivedException("there is no such event here: " + moved(archive));
  }

  private static String moved(LogArchive archive) {
    return "the entries before "
        + archive.end()
        + " were moved to an archive, with events until "
        + archive.newest();
  }
}
