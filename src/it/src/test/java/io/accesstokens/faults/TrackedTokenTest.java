package io.accesstokens.faults;

import static io.accesstokens.faults.InvariantViolation.Kind.ACCEPTED_AFTER_THE_ANSWER;
import static io.accesstokens.faults.InvariantViolation.Kind.UNDISTURBED_AND_UNAVAILABLE;
import static io.accesstokens.faults.InvariantViolation.Kind.UNEXPECTED_ANSWER;
import static io.accesstokens.faults.InvariantViolation.Kind.VALID_REFUSED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the judge with recorded histories of one token. */
class TrackedTokenTest {

  private static final String RAW = "bsat_not-shown-anywhere";

  private final TrackedToken token = new TrackedToken("t1", RAW);
  private final List<InvariantViolation> found = new ArrayList<>();

  @Test
  void correctHistoryHasNoViolation() {
    check(10, 11, 200);
    token.revokeSent(20);
    check(21, 24, 200);
    check(22, 25, 401);
    answered(30);
    check(31, 32, 401);
    expect();
  }

  @Test
  void acceptanceThatBeganAfterTheRevocationResponseIsReported() {
    token.revokeSent(20);
    answered(30);
    check(31, 40, 200);
    expect(ACCEPTED_AFTER_THE_ANSWER);
  }

  @Test
  void lateAcceptanceAtADisturbedReplicaIsReported() {
    token.revokeSent(20);
    answered(30);
    found.addAll(token.checked(new Check("b", 31, 40, 200, false)));
    expect(ACCEPTED_AFTER_THE_ANSWER);
  }

  @Test
  void acceptanceThatBeganBeforeTheRevocationResponseIsAllowed() {
    token.revokeSent(20);
    answered(30);
    check(30, 90, 200);
    check(29, 90, 200);
    check(21, 90, 200);
    expect();
  }

  @Test
  void lateAcceptanceIsReportedWhenTheResponseIsRecordedLater() {
    token.revokeSent(20);
    check(31, 40, 200);
    check(25, 41, 200);
    expect();
    answered(30);
    expect(ACCEPTED_AFTER_THE_ANSWER);
  }

  @Test
  void earliestRevocationResponseCounts() {
    token.revokeSent(20);
    answered(50);
    check(40, 41, 200);
    expect();
    answered(30);
    expect(ACCEPTED_AFTER_THE_ANSWER);
  }

  @Test
  void laterResponseRemovesNoViolation() {
    token.revokeSent(20);
    answered(30);
    answered(50);
    check(40, 41, 200);
    expect(ACCEPTED_AFTER_THE_ANSWER);
  }

  @Test
  void eachLateAcceptanceIsReported() {
    token.revokeSent(20);
    answered(30);
    check(31, 40, 200);
    check(32, 41, 204);
    answered(35);
    expect(ACCEPTED_AFTER_THE_ANSWER, ACCEPTED_AFTER_THE_ANSWER);
  }

  @Test
  void rejectionWithoutARevocationIsReported() {
    check(10, 11, 401);
    expect(VALID_REFUSED);
  }

  @Test
  void rejectionBeforeTheRevocationRequestIsReported() {
    token.revokeSent(20);
    check(10, 19, 401);
    expect(VALID_REFUSED);
  }

  @Test
  void rejectionAtADisturbedReplicaIsReported() {
    found.addAll(token.checked(new Check("b", 10, 11, 401, false)));
    expect(VALID_REFUSED);
  }

  @Test
  void rejectionDuringTheRevocationIsAllowed() {
    token.revokeSent(20);
    token.revokeSent(40);
    check(10, 21, 401);
    check(21, 22, 401);
    expect();
  }

  @Test
  void unavailabilityIsAllowedDuringADisturbanceOnly() {
    found.addAll(token.checked(new Check("b", 10, 11, 503, false)));
    found.addAll(token.checked(new Check("b", 12, 13, Check.NO_ANSWER, false)));
    expect();
    check(14, 15, 503);
    check(16, 17, Check.NO_ANSWER);
    expect(UNDISTURBED_AND_UNAVAILABLE, UNDISTURBED_AND_UNAVAILABLE);
  }

  @Test
  void otherStatusesAreReported() {
    check(10, 11, 500);
    found.addAll(token.checked(new Check("b", 12, 13, 403, false)));
    check(14, 15, 429);
    expect(UNEXPECTED_ANSWER, UNEXPECTED_ANSWER, UNEXPECTED_ANSWER);
  }

  @Test
  void negativeAndOverflowingTimesAreCompared() {
    token.revokeSent(Long.MAX_VALUE - 5);
    answered(Long.MAX_VALUE - 1);
    check(Long.MAX_VALUE - 2, Long.MIN_VALUE + 3, 200);
    expect();
    check(Long.MIN_VALUE + 1, Long.MIN_VALUE + 3, 200);
    expect(ACCEPTED_AFTER_THE_ANSWER);
  }

  @Test
  void descriptionNamesTheTokenWithoutItsSecret() {
    check(10, 11, 401);
    String description = found.get(0).description();
    assertEquals("token t1 at a: status 401 after 0.0 ms no revocation was requested", description);
    String texts = found + token.toString();
    assertFalse(texts.contains(RAW), texts);
  }

  private void check(long beganAt, long endedAt, int status) {
    found.addAll(token.checked(new Check("a", beganAt, endedAt, status, true)));
  }

  private void answered(long at) {
    found.addAll(token.revokeAnswered(at));
  }

  private void expect(InvariantViolation.Kind... kinds) {
    assertEquals(List.of(kinds), found.stream().map(InvariantViolation::kind).toList());
  }
}
