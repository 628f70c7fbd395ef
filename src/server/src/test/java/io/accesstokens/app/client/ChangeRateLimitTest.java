package io.accesstokens.app.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangeRateLimitTest {

  private static final EntityRef DAVE = new EntityRef(EntityRef.USER, "default", "dave");
  private static final EntityRef CAROL = new EntityRef(EntityRef.USER, "default", "carol");

  private final ManualTimeMeter time = new ManualTimeMeter();

  private ChangeRateLimit<EntityRef> limit(int perMinute) {
    return new ChangeRateLimit<>(perMinute, time);
  }

  private static int passed(ChangeRateLimit<EntityRef> limit, EntityRef user, int tries) {
    int passed = 0;
    for (int i = 0; i < tries; i++) {
      passed += limit.exceededBy(user).isEmpty() ? 1 : 0;
    }
    return passed;
  }

  @Test
  void eachUserHasABurstThatRefillsSteadily() {
    ChangeRateLimit<EntityRef> limit = limit(60);
    assertEquals(60, passed(limit, DAVE, 100));
    assertEquals(Optional.of(Duration.ofSeconds(1)), limit.exceededBy(DAVE));
    assertEquals(60, passed(limit, CAROL, 100));
    time.shift(Duration.ofSeconds(1));
    assertEquals(1, passed(limit, DAVE, 10));
    time.shift(Duration.ofMinutes(5));
    assertEquals(60, passed(limit, DAVE, 100));
  }

  @Test
  void zeroIsNoLimit() {
    assertEquals(10_000, passed(limit(0), DAVE, 10_000));
  }
}
