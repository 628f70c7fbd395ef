package io.accesstokens.auth.remote;

import io.accesstokens.auth.header.BearerChallenge;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret;
import io.accesstokens.verify.TokenFacts;
import io.accesstokens.verify.UseLimits;
import io.accesstokens.verify.Verification;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the introspection response of the access-tokens service (RFC 7662, section 2.2). */
final class IntrospectionResponse {

  private static final String SUBJECT_PREFIX = "service-token:";
  private static final String ADDRESSES = "allowed_addresses";
  private static final String REQUESTS = "requests_per_minute";
  private static final String PREVIOUS = "previous_secret";
  private static final Pattern NAME = Pattern.compile("[\\p{Graph}&&[^:]]+");

  private IntrospectionResponse() {}

  /**
   * Returns the facts of an active token; empty if the token is not active, for any reason.
   *
   * @throws RuntimeException of any kind if the response is not in the service's format
   */
  static Optional<TokenFacts> read(JsonObject response) {
    if (!response.getBoolean("active")) {
      return Optional.empty();
    }
    String subject = response.getString("sub");
    String scope = response.getString("scope");
    // Many tokens in the cache have the same scopes, so equal scopes are one object.
    List<String> scopes =
        scope.isEmpty() ? List.of() : Stream.of(scope.split(" ", -1)).map(String::intern).toList();
    if (!scopes.stream().allMatch(BearerChallenge::isScope)) {
      throw new IllegalArgumentException("a scope is malformed");
    }
    UUID id = id(response.getString("jti"));
    return Optional.of(
        new TokenFacts(
            new Verification.Accepted(
                id,
                subject,
                ownerOf(subject),
                scopes,
                null,
                Instant.parse(response.getString("expires_at")),
                limits(response),
                response.containsKey(PREVIOUS) && response.getBoolean(PREVIOUS)
                    ? PresentedSecret.unknownPrevious(id)
                    : PresentedSecret.unknown(id)),
            false));
  }

  private static UseLimits limits(JsonObject response) {
    List<AddressRange> addresses =
        response.containsKey(ADDRESSES)
            ? response.getJsonArray(ADDRESSES).getValuesAs(JsonString.class).stream()
                .map(text -> AddressRange.parse(text.getString()))
                .map(range -> range.orElseThrow(IntrospectionResponse::malformedAddress))
                .toList()
            : List.of();
    if (response.containsKey(ADDRESSES) && addresses.isEmpty()) {
      throw malformedAddress(); // an empty list would allow all addresses
    }
    return new UseLimits(
        addresses,
        response.containsKey(REQUESTS)
            ? Integer.valueOf(response.getJsonNumber(REQUESTS).intValueExact())
            : null);
  }

  private static IllegalArgumentException malformedAddress() {
    return new IllegalArgumentException("an allowed address is malformed");
  }

  private static UUID id(String text) {
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equals(text)) {
        return id;
      }
    } catch (IllegalArgumentException e) {
      // The message of this exception quotes the text.
    }
    throw new IllegalArgumentException("a token id is malformed");
  }

  /**
   * Returns the owner in the subject of a token. For a service token, the subject is {@code
   * service-token:<groupEntityRef>:<name>}, and the owner is the group. The name begins after the
   * last colon, because a name contains no colon. For a personal token, the subject is the ref of
   * its user.
   */
  private static EntityRef ownerOf(String subject) {
    if (!subject.startsWith(SUBJECT_PREFIX)) {
      return canonical(EntityRef.parseUser(subject), subject);
    }
    int end = subject.lastIndexOf(':');
    if (end < SUBJECT_PREFIX.length() || !NAME.matcher(subject.substring(end + 1)).matches()) {
      throw new IllegalArgumentException("a subject is malformed");
    }
    String text = subject.substring(SUBJECT_PREFIX.length(), end);
    return canonical(EntityRef.parseGroup(text), text);
  }

  private static EntityRef canonical(Optional<EntityRef> ref, String text) {
    // Earlier versions of the service do not convert refs to lower case.
    return ref.filter(parsed -> parsed.toString().equalsIgnoreCase(text))
        .orElseThrow(() -> new IllegalArgumentException("an owner is malformed"));
  }
}
