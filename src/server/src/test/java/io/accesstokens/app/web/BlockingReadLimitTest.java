package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BlockingReadLimitTest {

  @Test
  void oneAddressGetsHalfOfTheSlots() {
    BlockingReadLimit limit = new BlockingReadLimit(4);
    assertTrue(limit.tryAcquire("a"), "first");
    assertTrue(limit.tryAcquire("a"), "second");
    assertFalse(limit.tryAcquire("a"), "third of one address");
    assertTrue(limit.tryAcquire("b"), "first of another address");
    assertTrue(limit.tryAcquire("c"), "first of a third address");
    assertFalse(limit.tryAcquire("d"), "beyond the limit of all");
    limit.release("b");
    assertFalse(limit.tryAcquire("a"), "of one address, after another gave one back");
    limit.release("a");
    assertTrue(limit.tryAcquire("a"), "after it gave one back");
    assertFalse(limit.tryAcquire("a"), "after it took that one again");
    assertTrue(limit.tryAcquire("d"), "after two were given back");
  }

  @Test
  void limitOfOneServesOne() {
    BlockingReadLimit limit = new BlockingReadLimit(1);
    assertTrue(limit.tryAcquire("a"), "first");
    assertFalse(limit.tryAcquire("b"), "second");
    limit.release("a");
    assertTrue(limit.tryAcquire("b"), "after it was given back");
  }
}
