package io.accesstokens.token.policy;

import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to create a service token, not validated. Null means absent. {@link CreationPolicy}
 * reports the errors.
 *
 * @param name the name
 * @param description the description
 * @param groupEntityRef the owning group, in any spelling
 * @param scopes ids of scopes; an element can be null
 * @param expiresInDays a lifetime in days of 24 hours, or null
 * @param expiresAt ISO 8601 with a zone, or null
 * @param unreadable the fields that the transport could not parse as a value of the right type
 */
public record CreationRequest(
    @Nullable String name,
    @Nullable String description,
    @Nullable String groupEntityRef,
    @Nullable List<@Nullable String> scopes,
    @Nullable Long expiresInDays,
    @Nullable String expiresAt,
    List<Violation> unreadable) {

  public CreationRequest {
    // List.copyOf rejects null elements, which the policy must report.
    scopes = scopes == null ? null : Collections.unmodifiableList(new ArrayList<>(scopes));
    unreadable = List.copyOf(unreadable);
  }

  /**
   * Creates a request from domain types.
   *
   * @param expiresInDays a lifetime in days of 24 hours
   */
  public static CreationRequest of(
      String name, String description, EntityRef group, List<String> scopes, long expiresInDays) {
    return new CreationRequest(
        name, description, group.toString(), List.copyOf(scopes), expiresInDays, null, List.of());
  }
}
