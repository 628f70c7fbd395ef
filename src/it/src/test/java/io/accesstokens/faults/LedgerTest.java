package io.accesstokens.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests that changes without exactly one entry are found, and that faults are noticed. */
class LedgerTest {

  private final Ledger ledger = new Ledger();

  @Test
  void changesWithOneEntryAreNoProblem() {
    ledger.created("one");
    ledger.rotated("one");
    ledger.rotated("one");
    ledger.revoked("one");
    ledger.revoked("one");
    assertEquals(
        List.of(),
        ledger.notLoggedOnce(
            Map.of(
                "one created", List.of(0L),
                "one rotated", List.of(1L, 2L, 3L),
                "one revoked", List.of(4L))));
  }

  @Test
  void missingAndRepeatedEntriesAreFound() {
    ledger.created("one");
    ledger.rotated("one");
    ledger.rotated("one");
    ledger.revoked("one");
    assertEquals(
        List.of("one revoked: 0 entries", "one rotated: 1 entries, 2 answers"),
        ledger.notLoggedOnce(Map.of("one created", List.of(0L), "one rotated", List.of(1L))));
    assertEquals(
        List.of("one created: 2 entries"),
        ledger.notLoggedOnce(
            Map.of(
                "one created", List.of(0L, 1L),
                "one rotated", List.of(2L, 3L),
                "one revoked", List.of(4L))));
  }

  @Test
  void faultBetweenTwoTimesIsNoticed() {
    Condition condition = new Condition();
    long before = System.nanoTime() - 1;
    condition.disturbed();
    long during = System.nanoTime();
    assertTrue(condition.undisturbedBetween(before - 1, before), "before the fault");
    assertFalse(condition.undisturbedBetween(before, during + 1), "from before the fault");
    condition.recovered();
    long after = System.nanoTime() + 1;
    assertFalse(condition.undisturbedBetween(before, after), "the whole fault");
    assertTrue(condition.undisturbedBetween(after, after + 1), "after the fault");
  }
}
