package io.accesstokens.app.transparency.publication;

import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.app.outbound.WebhookClient;
import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.SignedNote;
import io.accesstokens.notice.SendResult;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.spi.JsonProvider;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;

/**
 * Sends checkpoints to a webhook (Standard Webhooks specification 1.0.0). The id of a message
 * depends only on the checkpoint. Therefore, a receiver can recognize a repeated message.
 */
final class CheckpointWebhook implements AutoCloseable {

  private static final int ID_BYTES = 8;

  private final WebhookClient client;
  private final Clock clock;

  /**
   * The factory of JSON builders. A thread of the application creates the factory, because a
   * background thread might not find the JSON provider.
   */
  private final JsonBuilderFactory json = JsonProvider.provider().createBuilderFactory(Map.of());

  CheckpointWebhook(
      WebhookTarget target, PostClient.Network network, Clock clock, Duration deadline) {
    this.clock = clock;
    this.client = new WebhookClient(target, network, clock, deadline);
  }

  /**
   * Sends a checkpoint.
   *
   * @throws PublicationException if the receiver has not accepted the checkpoint
   */
  void publish(SignedNote note) throws PublicationException {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    byte[] body =
        json.createObjectBuilder()
            .add("type", "log.checkpoint")
            .add("timestamp", now.toString())
            .add(
                "data",
                json.createObjectBuilder()
                    .add("origin", checkpoint.origin())
                    .add("size", checkpoint.size())
                    .add("root", checkpoint.root().toString())
                    .add("checkpoint", note.toString()))
            .build()
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    String id =
        "checkpoint-"
            + checkpoint.size()
            + '-'
            + HexFormat.of()
                .formatHex(
                    MerkleHash.ofLeaf(note.text().getBytes(StandardCharsets.UTF_8)).bytes(),
                    0,
                    ID_BYTES);
    SendResult result = client.post(id, body);
    if (!(result instanceof SendResult.Sent)) {
      throw new PublicationException("the webhook failed: " + error(result), null);
    }
  }

  private static String error(SendResult result) {
    if (result instanceof SendResult.Retry retry) {
      return retry.error();
    }
    return result instanceof SendResult.Gone gone ? gone.error() : "it was not accepted";
  }

  @Override
  public void close() {
    client.close();
  }
}
