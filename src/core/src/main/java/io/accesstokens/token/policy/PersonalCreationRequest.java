package io.accesstokens.token.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An unvalidated request to create a personal token. A null component means that the request does
 * not contain this field. {@link PersonalCreationPolicy} validates the request.
 *
 * @param name the name
 * @param scopes ids of scopes; an element can be null; an absent or empty list means no scopes
 * @param expiresInDays a lifetime in days of 24 hours, or null
 * @param expiresAt the expiry as ISO 8601 date and time with a zone, or null
 * @param unreadable the errors of the fields whose value has the wrong type
 */
public record PersonalCreationRequest(
    @Nullable String name,
    @Nullable List<@Nullable String> scopes,
    @Nullable Long expiresInDays,
    @Nullable String expiresAt,
    List<Violation> unreadable) {

  public PersonalCreationRequest {
    // List.copyOf rejects null elements, which the policy must report.
    scopes = scopes == null ? null : Collections.unmodifiableList(new ArrayList<>(scopes));
    unreadable = List.copyOf(unreadable);
  }

  /** Returns a request for a token without scopes and with the default lifetime. */
  public static PersonalCreationRequest of(String name) {
    return new PersonalCreationRequest(name, null, null, null, List.of());
  }
}
