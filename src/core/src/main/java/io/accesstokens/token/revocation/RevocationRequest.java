package io.accesstokens.token.revocation;

import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.CreationPolicy.RequestErrors;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An unvalidated request to revoke several tokens together.
 *
 * @param ids the ids of the tokens; null if absent. An element is null if its value in the request
 *     is null or has the wrong type.
 * @param reason the reason; null if absent
 * @param unreadable the errors of the fields whose value has the wrong type
 */
public record RevocationRequest(
    @Nullable List<@Nullable String> ids, @Nullable String reason, List<Violation> unreadable) {

  /**
   * Maximum number of tokens in a request. The number is bounded, because one lock is held while
   * the change-feed entries of all tokens are written.
   */
  public static final int MAX = 500;

  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  public RevocationRequest {
    // List.copyOf rejects null elements, which must be reported.
    ids = ids == null ? null : Collections.unmodifiableList(new ArrayList<>(ids));
    unreadable = List.copyOf(unreadable);
  }

  /**
   * The validated content of a request.
   *
   * @param ids the distinct ids, in the order of the request
   * @param reason the reason, trimmed
   */
  public record Checked(Set<UUID> ids, String reason) {}

  /**
   * Validates the request.
   *
   * @throws InvalidRequestException if a field is invalid
   */
  public Checked check() {
    RequestErrors errors = new RequestErrors(unreadable);
    Set<UUID> tokens = checkIds(errors);
    String checked = CreationPolicy.checkReason(reason, errors);
    if (checked == null || !errors.violations().isEmpty()) {
      throw new InvalidRequestException(errors.violations());
    }
    return new Checked(tokens, checked);
  }

  private Set<UUID> checkIds(RequestErrors errors) {
    Set<UUID> tokens = new LinkedHashSet<>();
    if (ids == null) {
      errors.addMissing("ids");
    } else if (ids.isEmpty() || ids.size() > MAX) {
      errors.add("ids", "must contain 1 to " + MAX + " ids of tokens");
    } else {
      for (int i = 0; i < ids.size(); i++) {
        String id = ids.get(i);
        if (id == null || !ID.matcher(id).matches()) {
          errors.add("ids[" + i + "]", "must be the id of a token");
        } else {
          tokens.add(UUID.fromString(id));
        }
      }
    }
    return tokens;
  }
}
