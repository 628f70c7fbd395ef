package io.accesstokens.notice;

import java.util.Locale;

/** The way in which a notice is sent. */
public enum Channel {
  MAIL,
  WEBHOOK;

  /** Returns the name of the channel in JSON and in the database. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
