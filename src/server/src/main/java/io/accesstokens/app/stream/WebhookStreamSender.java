package io.accesstokens.app.stream;

import io.accesstokens.app.outbound.WebhookClient;
import io.accesstokens.notice.SendResult;
import io.accesstokens.token.Text;
import io.accesstokens.transparency.stream.StreamBatch;
import io.accesstokens.transparency.stream.StreamException;
import io.accesstokens.transparency.stream.StreamFormat;
import io.accesstokens.transparency.stream.StreamSender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * Sends each batch as one webhook. A response with a 2xx status accepts the batch. Every other
 * result causes a repeat, because an event is never skipped.
 */
final class WebhookStreamSender implements StreamSender {

  /** Length of the hash in the id of a batch, in bytes. */
  private static final int HASH_LENGTH = 8;

  private final String target;
  private final WebhookClient client;
  private final StreamFormat format;

  /**
   * Creates a sender.
   *
   * @param target the name of the target
   * @param client sends webhooks; closed by this object
   */
  WebhookStreamSender(String target, WebhookClient client, StreamFormat format) {
    this.target = target;
    this.client = client;
    this.format = format;
  }

  @Override
  public void send(StreamBatch batch) throws StreamException {
    SendResult result =
        client.post(id(target, batch), body(batch).getBytes(StandardCharsets.UTF_8));
    if (result instanceof SendResult.Retry retry) {
      throw new StreamException(retry.error(), retry.pause());
    }
    if (result instanceof SendResult.Failed failed) {
      throw new StreamException(failed.error());
    }
    if (result instanceof SendResult.Gone gone) {
      throw new StreamException(gone.error(), Duration.ofMinutes(1));
    }
  }

  /**
   * Returns the id of a batch, which is the same in each attempt. The id contains the first and the
   * last index of the batch, and a hash of the log's name, the target and the events. After a
   * restore from a backup, other events can have the same indexes, but they have another hash. Line
   * breaks separate the parts of the hashed text, and no part contains a line break. Different
   * batches therefore have different texts.
   */
  static String id(String target, StreamBatch batch) {
    String text =
        batch.entries().stream()
            .map(StreamBatch.Item::text)
            .collect(Collectors.joining("\n", batch.origin() + '\n' + target + '\n', ""));
    return "audit-events-"
        + batch.first()
        + '-'
        + batch.last()
        + '-'
        + HexFormat.of().formatHex(Text.sha256(text), 0, HASH_LENGTH);
  }

  /** Returns the body of the webhook for a batch. The format writes each event as a JSON object. */
  private String body(StreamBatch batch) {
    StreamBatch.Item last = batch.entries().get(batch.entries().size() - 1);
    return batch.entries().stream()
        .map(format::text)
        .collect(
            Collectors.joining(
                ",",
                "{\"type\":\"audit.events\",\"timestamp\":\""
                    + last.entry().occurredAt()
                    + "\",\"data\":{\"events\":[",
                "]}}"));
  }

  @Override
  public void close() {
    client.close();
  }
}
