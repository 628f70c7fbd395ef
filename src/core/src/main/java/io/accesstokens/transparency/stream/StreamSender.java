package io.accesstokens.transparency.stream;

/** Sends entries to one target. Only one thread at a time calls {@link #send}. */
public interface StreamSender extends AutoCloseable {

  /**
   * Sends a batch. Returns after the target has accepted all entries. A sender that uses a network
   * takes at most {@link LogStream#MAX_ATTEMPT}, unless a name look-up is slow.
   *
   * @throws StreamException if the target may not have accepted all entries
   */
  void send(StreamBatch batch) throws StreamException;

  /** Aborts the running attempt. */
  @Override
  void close();
}
