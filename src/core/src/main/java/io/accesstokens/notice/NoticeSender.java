package io.accesstokens.notice;

/** Sends deliveries to one recipient or through one server. */
public interface NoticeSender extends AutoCloseable {

  /** Sends a delivery. Returns within a minute, and never throws. */
  SendResult send(Delivery delivery);

  /** Aborts the running attempt. */
  @Override
  void close();
}
