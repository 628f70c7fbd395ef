package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for when creating a service token. Nothing is checked yet: null stands for
 * absent, and {@link CreationPolicy} says what is wrong.
 *
 * @param name the name
 * @param description the description
 * @param groupEntityRef the owning group, in any spelling
 * @param scopes ids of scopes; an element can be null
 * @param expiresInDays a lifetime in days of 24 hours, or null
 * @param expiresAt ISO 8601 with a zone, or null
 * @param unreadable what the transport could not read as a value of the right type
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
    // List.copyOf refuses null elements, which are for the policy to report.
    scopes = scopes == null ? null : Collections.unmodifiableList(new ArrayList<>(scopes));
    unreadable = List.copyOf(unreadable);
  }

  /**
   * A request in the terms of the domain.
   *
   * @param expiresInDays a lifetime in days of 24 hours
   */
  public static CreationRequest of(
      String name, String description, EntityRef group, List<String> scopes, long expiresInDays) {
    return new CreationRequest(
        name, description, group.toString(), List.copyOf(scopes), expiresInDays, null, List.of());
  }
}
