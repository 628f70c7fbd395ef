package io.accesstokens.token;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user asks for when making a personal token. Nothing is checked yet: null stands for
 * absent, and {@link MintPolicy} says what is wrong.
 *
 * @param name the name
 * @param scopes ids of scopes; an element can be null; absent or empty: no scopes
 * @param expiresInDays a lifetime in days of 24 hours, or null
 * @param expiresAt ISO 8601 with a zone, or null
 * @param unreadable what the transport could not read as a value of the right type
 */
public record MintRequest(
    @Nullable String name,
    @Nullable List<@Nullable String> scopes,
    @Nullable Long expiresInDays,
    @Nullable String expiresAt,
    List<Violation> unreadable) {

  public MintRequest {
    // List.copyOf refuses null elements, which are for the policy to report.
    scopes = scopes == null ? null : Collections.unmodifiableList(new ArrayList<>(scopes));
    unreadable = List.copyOf(unreadable);
  }

  /** A request for a token without scopes that lives as long as is usual. */
  public static MintRequest of(String name) {
    return new MintRequest(name, null, null, null, List.of());
  }
}
