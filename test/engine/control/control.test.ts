import { expect, test } from "vitest";
import { controlProcessor } from "../../../src/engine/control/control.js";
import type { ControlPorts } from "../../../src/engine/control/ports.js";
import type { StoreJob } from "../../../src/engine/store/store.js";

test.for([
  ["ours", 0],
  ["others", 1],
] as const)(
  "whichever job the lane runs, what was read before a job of %s is forgotten so often: %i (invariants 2 and 13)",
  async ([who, times]) => {
    let forgotten = 0;
    const ports = {
      isUnsureOfTime: () => false,
      takeTurn: async () => who,
      cluster: {
        forget() {
          forgotten += 1;
        },
      },
    };
    const process = controlProcessor(ports as unknown as ControlPorts);
    const job = { name: "of no kind" } as StoreJob;
    await expect(process(job, "token", new AbortController().signal)).rejects.toThrow();
    expect(forgotten).toBe(times);
  },
);
