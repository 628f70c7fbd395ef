/** The two clocks of a machine, in milliseconds. Only differences of `monotonic` are meaningful. */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

export type Clock = () => Instant;

export const systemClock: Clock = () => ({
  monotonic: performance.now(),
  wall: Date.now(),
});

const MIN_MARGIN_MILLIS = 25;
const MARGINS_A_LEASE = 20;

/**
 * The time span in which the cache may be used after a read of the change feed.
 *
 * A lease is a time, and never a flag: it also ends while no code of this process runs. It ends when one of the two
 * clocks has passed its end, or when the clocks differ by more than a margin. The monotonic clock can stop while a
 * virtual machine is paused, and the wall clock can be set.
 */
export class Lease {
  #grant?: { begun: Instant; millis: number; serviceMinusWall: number };

  constructor(private readonly clock: Clock) {}

  /**
   * Grants the lease. The caller must first apply all changes of the read.
   *
   * @param begun - the time before the request of this read was sent
   * @param millis - the length of the lease, counted from `begun`
   * @param serviceTime - the time of the service at this read, in milliseconds since 1970
   */
  grant(begun: Instant, millis: number, serviceTime: number) {
    const between = (begun.wall + this.clock().wall) / 2;
    this.#grant = { begun, millis, serviceMinusWall: serviceTime - between };
  }

  end() {
    this.#grant = undefined;
  }

  isValid(): boolean {
    if (!this.#grant) {
      return false;
    }
    const { begun, millis } = this.#grant;
    const now = this.clock();
    const passed = now.monotonic - begun.monotonic;
    const passedOnWall = now.wall - begun.wall;
    const margin = Math.max(MIN_MARGIN_MILLIS, millis / MARGINS_A_LEASE);
    return passed < millis && passedOnWall < millis && Math.abs(passed - passedOnWall) <= margin;
  }

  /** Returns the current time of the service, in milliseconds since 1970. */
  serviceTime(): number {
    return this.clock().wall + (this.#grant?.serviceMinusWall ?? 0);
  }
}
