package io.accesstokens.notice;

/** Sends deliveries to one webhook endpoint, or through one mail server. */
public interface NoticeSender extends AutoCloseable {

  /** Sends a delivery. Takes at most a minute, unless a name look-up is slow. Never throws. */
  SendResult send(Delivery delivery);

  /** Aborts the running attempt. */
  @Override
  void close();
}
