package io.accesstokens.app.logging;

/** The format of the log of {@code java -jar}. */
public enum LogFormat {
  /** One line of text for each log entry, and indented lines for a stack trace. */
  TEXT,
  /** One JSON object in one line for each log entry. */
  JSON
}
