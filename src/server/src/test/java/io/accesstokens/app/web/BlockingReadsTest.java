package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BlockingReadsTest {

  @Test
  void oneAddressGetsHalfOfTheSlots() {
    BlockingReads reads = new BlockingReads(4);
    assertTrue(reads.tryAcquire("a"), "first");
    assertTrue(reads.tryAcquire("a"), "second");
    assertFalse(reads.tryAcquire("a"), "third of one address");
    assertTrue(reads.tryAcquire("b"), "first of another address");
    assertTrue(reads.tryAcquire("c"), "first of a third address");
    assertFalse(reads.tryAcquire("d"), "beyond the limit of all");
    reads.release("b");
    assertFalse(reads.tryAcquire("a"), "of one address, after another gave one back");
    reads.release("a");
    assertTrue(reads.tryAcquire("a"), "after it gave one back");
    assertTrue(reads.tryAcquire("d"), "after two were given back");
  }

  @Test
  void limitOfOneServesOne() {
    BlockingReads reads = new BlockingReads(1);
    assertTrue(reads.tryAcquire("a"), "first");
    assertFalse(reads.tryAcquire("b"), "second");
    reads.release("a");
    assertTrue(reads.tryAcquire("b"), "after it was given back");
  }
}
