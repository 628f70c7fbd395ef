package io.accesstokens.token.policy;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An unvalidated request to change a service token. A null component means that the field does not
 * change. {@link UpdatePolicy} validates the request.
 *
 * @param description the new description
 * @param scopes the ids of all scopes after the change; an element can be null
 * @param expiresAt the new expiry as ISO 8601 date and time with a zone
 * @param allowedAddresses all IP addresses and CIDR ranges from which the token may be used after
 *     the change; an element can be null
 * @param requestsPerMinute the new maximum number of requests per minute
 * @param removed the names of the optional fields to remove: {@code allowedAddresses} or {@code
 *     requestsPerMinute}
 * @param unreadable the errors of the fields that have the wrong type or cannot be changed
 */
public record UpdateRequest(
    @Nullable String description,
    @Nullable List<@Nullable String> scopes,
    @Nullable String expiresAt,
    @Nullable List<@Nullable String> allowedAddresses,
    @Nullable Long requestsPerMinute,
    Set<String> removed,
    List<Violation> unreadable) {

  public UpdateRequest {
    scopes = CreationRequest.copyOrNull(scopes);
    allowedAddresses = CreationRequest.copyOrNull(allowedAddresses);
    removed = Set.copyOf(removed);
    unreadable = List.copyOf(unreadable);
  }
}
