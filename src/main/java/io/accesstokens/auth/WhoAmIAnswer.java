package io.accesstokens.auth;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailable;
import jakarta.json.Json;
import jakarta.json.JsonConfig;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a 200 of {@code whoami} says of the caller. Nothing in it is taken on trust but its word.
 */
final class WhoAmIAnswer {

  /** The service does not say why a token is not good. */
  static final Verification.Refused UNKNOWN =
      new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty());

  private static final String SUBJECT_PREFIX = "service-token:";
  private static final Pattern NAME = Pattern.compile("[\\p{Graph}&&[^:]]+");

  private WhoAmIAnswer() {}

  /**
   * @throws VerificationUnavailable if it is not what that service answers
   */
  static Verification read(HttpResponse<byte[]> answer) {
    String type = answer.headers().firstValue("Content-Type").orElse("");
    if (!type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json")) {
      throw malformed(answer, null);
    }
    // Thrown by parser and conversions alike; none of their messages is shown to anybody.
    try (JsonReader reader =
        Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE))
            .createReader(new ByteArrayInputStream(answer.body()), StandardCharsets.UTF_8)) {
      return read(reader.readObject());
    } catch (JsonException
        | ClassCastException
        | IllegalArgumentException
        | NullPointerException
        | DateTimeException
        | IllegalStateException e) {
      throw malformed(answer, e);
    }
  }

  private static Verification read(JsonObject caller) {
    String type = caller.getString("type");
    if (!type.equals("service")) {
      return UNKNOWN;
    }
    String subject = caller.getString("subject");
    List<String> scopes =
        caller.getJsonArray("scopes").getValuesAs(JsonString.class).stream()
            .map(JsonString::getString)
            .toList();
    if (!scopes.stream().allMatch(BearerChallenge::isScope)) {
      throw new IllegalArgumentException("a scope is malformed");
    }
    return new Verification.Accepted(
        id(caller.getString("tokenId")),
        subject,
        groupOf(subject),
        scopes,
        Instant.parse(caller.getString("expiresAt")));
  }

  private static UUID id(String text) {
    UUID id = UUID.fromString(text);
    if (!id.toString().equals(text)) {
      throw new IllegalArgumentException("a token id is malformed");
    }
    return id;
  }

  /** {@code service-token:<groupEntityRef>:<name>}: the ref has a colon of its own, a name none. */
  private static EntityRef groupOf(String subject) {
    int end = subject.lastIndexOf(':');
    if (!subject.startsWith(SUBJECT_PREFIX)
        || end < SUBJECT_PREFIX.length()
        || !NAME.matcher(subject.substring(end + 1)).matches()) {
      throw new IllegalArgumentException("a subject is malformed");
    }
    String text = subject.substring(SUBJECT_PREFIX.length(), end);
    return EntityRef.parseGroup(text)
        .filter(group -> group.toString().equals(text))
        .orElseThrow(() -> new IllegalArgumentException("a group is malformed"));
  }

  private static VerificationUnavailable malformed(
      HttpResponse<?> answer, @Nullable RuntimeException cause) {
    String message = answer.uri() + " answered 200, but does not say who the caller is";
    return cause == null
        ? new VerificationUnavailable(message)
        : new VerificationUnavailable(message, cause);
  }
}
