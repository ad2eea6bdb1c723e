import { expect, test } from "vitest";
import { unreachable } from "../../../../src/engine/store/redis/redis-errors.js";

test.each(["Connection is closed.", "Connection is closed"])(
  "why Redis is away ends in one full stop: %s",
  (why) => {
    expect(unreachable("r:6379", why).what).toBe("Redis at r:6379 is not reachable: Connection is closed.");
  },
);
