import type { Nanos } from "../../maintenance/time.js";

const LEAST = -(2n ** 63n);

const GREATEST = 2n ** 63n - 1n;

/** What protobufjs decodes an int64 into: two halves, exact. */
interface Halves {
  toBigInt(): bigint;
}

/** An int64 from the wire, exact (invariant 1). */
export function nanosFrom(value: Halves): Nanos {
  return value.toBigInt();
}

/**
 * An int64 for the wire, exact (invariant 1). To be given to `fromObject`: the encoder itself takes no bigint and would
 * write 0.
 *
 * @throws RangeError beyond int64, which a master would silently wrap into the past.
 */
export function nanosTo(value: Nanos): Nanos {
  if (value < LEAST || value > GREATEST) {
    throw new RangeError(`Expected nanoseconds within int64, got ${value}. Nothing was sent.`);
  }
  return value;
}
