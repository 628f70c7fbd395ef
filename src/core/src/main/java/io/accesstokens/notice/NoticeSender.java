package io.accesstokens.notice;

/** Sends deliveries to one webhook endpoint, or through one mail server. */
public interface NoticeSender extends AutoCloseable {

  /** Sends a delivery. Returns within a minute, and never throws. */
  SendResult send(Delivery delivery);

  /** Aborts the running attempt. */
  @Override
  void close();
}
