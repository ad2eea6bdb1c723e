import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedPlace, type Place } from "./store/places.js";
import { type Engine, startEngine } from "./support/engine.js";
import { ALICE, BOB, CAROL } from "./support/people.js";

let place: Place;
let engine: Engine;
beforeAll(async () => {
  place = await embeddedPlace();
  engine = await startEngine(place.settings);
});
afterAll(async () => {
  await engine.close();
  await place.dispose();
});

describe("approving", () => {
  it("is decided once when two people click at the same moment", async () => {
    const cluster = await engine.cluster();
    const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
    const { message, value } = await maintenance.button("approve");
    await Promise.all([BOB, CAROL].map((user) => cluster.click(user, message.ts, value)));
    await maintenance.thread(/Down: 2 machines/);
    await cluster.told(BOB, /You approved|has already approved/);
    await cluster.told(CAROL, /You approved|has already approved/);
    const told = [...cluster.toldTo(BOB), ...cluster.toldTo(CAROL)];
    expect(told.filter((text) => text.includes("You approved"))).toHaveLength(1);
    expect(told.filter((text) => text.includes("has already approved"))).toHaveLength(1);
    expect(maintenance.texts().filter((text) => text.includes("approved Down"))).toHaveLength(1);
    expect(cluster.calls("START_MAINTENANCE", "accepted")).toBe(1);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });
});
