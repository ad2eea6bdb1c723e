import { describe, expect, test } from "vitest";
import type { People } from "../../../src/slack/people/people.js";
import { createReaders } from "../../../src/slack/people/readers.js";

const PEOPLE: People = {
  of: async (user) =>
    user === "U01ALICE"
      ? { name: "Alice", timeZone: "Asia/Shanghai" }
      : user === "U02BOB"
        ? { name: "Bob", timeZone: null }
        : null,
  groupName: async (group) => (group === "S01OPS" ? "ops" : null),
};

const readers = createReaders(PEOPLE, () => 0);

const write = (user: string, ids: readonly string[]) =>
  readers.write({ user, command: "/mesos" }, ({ nameOf, zone }) => [zone, ...ids.map(nameOf)]);

describe("a text for whoever reads it", () => {
  test("a text is written with names and in the zone of its reader", async () => {
    expect(await write("U01ALICE", ["U02BOB", "S01OPS"])).toEqual(["Asia/Shanghai", "Bob", "ops"]);
  });

  test("where Slack tells nothing, it says so in place of a name, and times are UTC", async () => {
    expect(await write("U02BOB", ["U09", "S09"])).toEqual(["UTC", "somebody (U09)", "a group (S09)"]);
  });
});
