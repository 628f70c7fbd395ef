package io.accesstokens.token.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An unvalidated request to change a service token. A null component means that the field does not
 * change. {@link UpdatePolicy} validates the request.
 *
 * @param description the new description
 * @param scopes the ids of all scopes after the change; an element can be null
 * @param expiresAt the new expiry as ISO 8601 date and time with a zone
 * @param unreadable the errors of the fields that have the wrong type or cannot be changed
 */
public record UpdateRequest(
    @Nullable String description,
    @Nullable List<@Nullable String> scopes,
    @Nullable String expiresAt,
    List<Violation> unreadable) {

  public UpdateRequest {
    // List.copyOf rejects null elements, which the policy must report.
    scopes = scopes == null ? null : Collections.unmodifiableList(new ArrayList<>(scopes));
    unreadable = List.copyOf(unreadable);
  }
}
