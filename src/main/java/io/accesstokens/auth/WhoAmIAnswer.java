package io.accesstokens.auth;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailable;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
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
    try (JsonParser parser =
        Json.createParserFactory(Map.of())
            .createParser(new ByteArrayInputStream(answer.body()), StandardCharsets.UTF_8)) {
      return read(only(parser));
    } catch (RuntimeException e) {
      // What parser and conversions throw at anything else than the answer that is expected.
      throw malformed(answer, e);
    }
  }

  /** One object, no name twice in it, and nothing after it. */
  private static JsonObject only(JsonParser parser) {
    Map<String, JsonValue> members = new HashMap<>();
    if (parser.next() != Event.START_OBJECT) {
      throw new IllegalArgumentException("not an object");
    }
    while (parser.next() == Event.KEY_NAME) {
      String name = parser.getString();
      parser.next();
      if (members.put(name, parser.getValue()) != null) {
        throw new IllegalArgumentException("a name stands there twice");
      }
    }
    if (parser.hasNext()) {
      throw new IllegalArgumentException("more than an object");
    }
    JsonObjectBuilder object = Json.createObjectBuilder();
    members.forEach(object::add);
    return object.build();
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
