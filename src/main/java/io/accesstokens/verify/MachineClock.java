package io.accesstokens.verify;

/**
 * The two clocks of a machine. A lease trusts neither alone: the monotonic one can stand still
 * while a virtual machine is frozen, and the wall clock can be set.
 */
public interface MachineClock {

  /** The clocks of the system. */
  MachineClock SYSTEM =
      new MachineClock() {
        @Override
        public long monotonicNanos() {
          return System.nanoTime();
        }

        @Override
        public long wallMillis() {
          return System.currentTimeMillis();
        }
      };

  /** Nanoseconds since some instant; never set back. Only differences mean something. */
  long monotonicNanos();

  /** Milliseconds since 1970-01-01T00:00Z. */
  long wallMillis();
}
