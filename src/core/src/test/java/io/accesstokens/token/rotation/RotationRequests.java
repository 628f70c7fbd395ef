package io.accesstokens.token.rotation;

import io.accesstokens.token.policy.UpdateRequest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates requests for rotations and updates. */
final class RotationRequests {

  private RotationRequests() {}

  static RotationRequest grace(long seconds) {
    return new RotationRequest(seconds, null, null, null, null, List.of());
  }

  static RotationRequest endingOnFirstUse(long seconds) {
    return new RotationRequest(seconds, null, null, true, null, List.of());
  }

  static RotationRequest withKey(@Nullable Long seconds, String key) {
    return new RotationRequest(seconds, null, null, null, key, List.of());
  }

  static RotationRequest expecting(String tokenPrefix, @Nullable String key) {
    return new RotationRequest(3600L, null, null, null, tokenPrefix, key, List.of());
  }

  static RotationRequest days(long days) {
    return new RotationRequest(null, days, null, null, null, List.of());
  }

  static UpdateRequest expiring(Instant end) {
    return new UpdateRequest(null, null, end.toString(), null, null, Set.of(), List.of());
  }

  static UpdateRequest scopes(String scope) {
    return new UpdateRequest(null, List.of(scope), null, null, null, Set.of(), List.of());
  }

  static RotationRequest until(String expiresAt) {
    return new RotationRequest(null, null, expiresAt, null, null, List.of());
  }
}
