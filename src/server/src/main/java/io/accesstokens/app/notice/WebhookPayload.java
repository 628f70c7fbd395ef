package io.accesstokens.app.notice;

import io.accesstokens.notice.Notice;
import io.accesstokens.notice.Notice.SecretUse;
import io.accesstokens.notice.NoticeToken;
import io.accesstokens.verify.EntityRef;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.spi.JsonProvider;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Writes the JSON body of a webhook. The body of a notice is the same in each attempt. */
final class WebhookPayload {

  /** The format of instants, as in the API: UTC, with milliseconds. */
  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /**
   * The factory of JSON builders. A thread of the application creates the factory, because a
   * background thread might not find the JSON provider.
   */
  private final JsonBuilderFactory json = JsonProvider.provider().createBuilderFactory(Map.of());

  byte[] of(Notice notice) {
    NoticeToken token = notice.token();
    JsonObjectBuilder facts =
        json.createObjectBuilder()
            .add("id", token.id().toString())
            .add("kind", token.kind().name().toLowerCase(Locale.ROOT))
            .add("name", token.name())
            .add("tokenPrefix", token.prefix())
            .add(
                token.owner().kind().equals(EntityRef.USER) ? "userEntityRef" : "groupEntityRef",
                token.owner().toString())
            .add("createdAt", text(token.createdAt()))
            .add("expiresAt", text(token.expiresAt()));
    JsonObjectBuilder data = json.createObjectBuilder().add("token", facts);
    Integer threshold = notice.thresholdDays();
    if (threshold != null) {
      data.add("thresholdDays", threshold);
    }
    String actor = notice.actor();
    if (actor != null) {
      data.add("actor", actor);
    }
    SecretUse use = notice.endedSecretUse();
    if (use != null) {
      JsonObjectBuilder ended = json.createObjectBuilder().add("tokenPrefix", use.prefix());
      String address = use.address();
      if (address != null) {
        ended.add("address", address);
      }
      data.add("endedSecret", ended);
    }
    return json.createObjectBuilder()
        .add("type", notice.event().text())
        .add("timestamp", text(notice.occurredAt()))
        .add("data", data)
        .build()
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Instant instant) {
    return INSTANT.format(instant);
  }
}
