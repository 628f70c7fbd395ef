package io.accesstokens.token.policy;

import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An unvalidated request to create a service token. A null component means that the request does
 * not contain this field. {@link CreationPolicy} validates the request.
 *
 * @param name the name
 * @param description the description
 * @param groupEntityRef the ref of the owning group, in any form that {@code EntityRef.parseGroup}
 *     accepts
 * @param scopes ids of scopes; an element can be null
 * @param expiresInDays a lifetime in days of 24 hours, or null
 * @param expiresAt the expiry as ISO 8601 date and time with a zone, or null
 * @param unreadable the errors of the fields whose value has the wrong type
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
   * Creates a request from values of domain types.
   *
   * @param expiresInDays a lifetime in days of 24 hours
   */
  public static CreationRequest of(
      String name, String description, EntityRef group, List<String> scopes, long expiresInDays) {
    return new CreationRequest(
        name, description, group.toString(), List.copyOf(scopes), expiresInDays, null, List.of());
  }
}
