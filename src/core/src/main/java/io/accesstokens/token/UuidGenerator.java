package io.accesstokens.token;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Generates version 4 UUIDs (RFC 9562, section 5.4) from an injected source of random numbers. */
public record UuidGenerator(RandomGenerator random) {

  public UUID next() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
