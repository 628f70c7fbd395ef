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
 * @param allowedAddresses IP addresses and CIDR ranges from which the token may be used; an element
 *     can be null
 * @param requestsPerMinute the maximum number of requests per minute, or null
 * @param unreadable the errors of the fields whose value has the wrong type
 */
public record CreationRequest(
    @Nullable String name,
    @Nullable String description,
    @Nullable String groupEntityRef,
    @Nullable List<@Nullable String> scopes,
    @Nullable Long expiresInDays,
    @Nullable String expiresAt,
    @Nullable List<@Nullable String> allowedAddresses,
    @Nullable Long requestsPerMinute,
    List<Violation> unreadable) {

  public CreationRequest {
    // List.copyOf rejects null elements, which the policy must report.
    scopes = copyOrNull(scopes);
    allowedAddresses = copyOrNull(allowedAddresses);
    unreadable = List.copyOf(unreadable);
  }

  static @Nullable List<@Nullable String> copyOrNull(@Nullable List<@Nullable String> texts) {
    return texts == null ? null : Collections.unmodifiableList(new ArrayList<>(texts));
  }

  /** Creates a request for a token that has no limits on its uses. */
  public CreationRequest(
      @Nullable String name,
      @Nullable String description,
      @Nullable String groupEntityRef,
      @Nullable List<@Nullable String> scopes,
      @Nullable Long expiresInDays,
      @Nullable String expiresAt,
      List<Violation> unreadable) {
    this(
        name,
        description,
        groupEntityRef,
        scopes,
        expiresInDays,
        expiresAt,
        null,
        null,
        unreadable);
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
