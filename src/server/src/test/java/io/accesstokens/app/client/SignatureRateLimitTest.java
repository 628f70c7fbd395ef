package io.accesstokens.app.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.ws.rs.ClientErrorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SignatureRateLimitTest {

  private static final int LIMIT = 20;

  private final ManualTimeMeter time = new ManualTimeMeter();
  private final List<@Nullable String> reported = new ArrayList<>();
  private final SignatureRateLimit limit = new SignatureRateLimit(LIMIT, time, reported::add);

  private int admitted(int tries, String subject, String address) {
    int admitted = 0;
    for (int i = 0; i < tries; i++) {
      if (limit.exceededBy(subject + i, address).isEmpty()) {
        limit.recordResult(subject + i, address, false);
        admitted++;
      }
    }
    return admitted;
  }

  @Test
  void forgedTokensOfAnAddressAreLimitedForAnySubject() {
    assertEquals(LIMIT, admitted(3 * LIMIT, "issuer\nuser", "192.0.2.1"));
    assertEquals(2 * LIMIT, reported.size());
    assertEquals(
        429,
        assertThrows(ClientErrorException.class, () -> limit.require("x", "192.0.2.1"))
            .getResponse()
            .getStatus());
    assertEquals(LIMIT, admitted(2 * LIMIT, "issuer\nuser", "192.0.2.2"), "another address");
    time.shift(Duration.ofMinutes(1));
    assertEquals(LIMIT, admitted(2 * LIMIT, "issuer\nuser", "192.0.2.1"));
  }

  @Test
  void subjectWithAValidSignatureIsNotLockedOut() {
    limit.recordResult("issuer\nuser:default/erin", "192.0.2.9", true);
    admitted(2 * LIMIT, "issuer\nuser", "192.0.2.1");
    assertEquals(Optional.empty(), limit.exceededBy("issuer\nuser:default/erin", "192.0.2.1"));
    assertTrue(
        limit.exceededBy("issuer\nuser:default/dave", "192.0.2.1").isPresent(),
        "a subject without a valid signature is limited");
  }

  @Test
  void validSignaturesAreNotLimited() {
    for (int i = 0; i < 10 * LIMIT; i++) {
      assertEquals(Optional.empty(), limit.exceededBy("a", "192.0.2.1"));
      limit.recordResult("a", "192.0.2.1", true);
    }
  }

  @Test
  void unknownAddressIsReportedAsNull() {
    for (int i = 0; i < LIMIT; i++) {
      limit.recordResult("a", null, false);
    }
    assertTrue(limit.exceededBy("a", null).isPresent());
    assertEquals(Collections.singletonList(null), reported);
  }

  @Test
  void zeroIsNoLimit() {
    SignatureRateLimit none = new SignatureRateLimit(0, time, reported::add);
    for (int i = 0; i < 1_000; i++) {
      none.recordResult("a", null, false);
    }
    assertEquals(Optional.empty(), none.exceededBy("a", null));
  }
}
