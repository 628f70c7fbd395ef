package io.accesstokens.token.revocation;

import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.CreationPolicy.RequestErrors;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.Violation;
import io.accesstokens.verify.EntityRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An unvalidated request to revoke all personal tokens of a user.
 *
 * @param userEntityRef the ref of the user, in any form that {@code EntityRef.parseUser} accepts;
 *     null if absent
 * @param reason the reason; null if absent
 * @param unreadable the errors of the fields whose value has the wrong type
 */
public record UserRevocationRequest(
    @Nullable String userEntityRef, @Nullable String reason, List<Violation> unreadable) {

  public UserRevocationRequest {
    unreadable = List.copyOf(unreadable);
  }

  /**
   * The validated content of a request.
   *
   * @param user the ref of the user; the user need not exist
   * @param reason the reason, trimmed
   */
  public record Checked(EntityRef user, String reason) {}

  /**
   * Validates the request.
   *
   * @throws InvalidRequestException if a field is invalid
   */
  public Checked check() {
    RequestErrors errors = new RequestErrors(unreadable);
    EntityRef user = checkUser(errors);
    String checked = CreationPolicy.checkReason(reason, errors);
    if (user == null || checked == null || !errors.violations().isEmpty()) {
      throw new InvalidRequestException(errors.violations());
    }
    return new Checked(user, checked);
  }

  private @Nullable EntityRef checkUser(RequestErrors errors) {
    if (userEntityRef == null) {
      errors.addMissing("userEntityRef");
      return null;
    }
    EntityRef user = EntityRef.parseUser(userEntityRef).orElse(null);
    if (user == null) {
      errors.add("userEntityRef", "must name a user, e.g. user:default/dave");
    }
    return user;
  }
}
