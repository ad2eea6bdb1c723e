import { describe, expect, test } from "vitest";
import { selfTest } from "../../../src/engine/cluster/self-test.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { mesosError } from "../../../src/mesos/errors/errors.js";
import { HOUR, machine, NOW, windowOn, worldOf } from "../../support/world.js";

async function log(world: () => Promise<World>) {
  const lines: { level: string; says: string; [name: string]: unknown }[] = [];
  const at = (level: string) => (fields: object, says: string) => void lines.push({ level, says, ...fields });
  const logger = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  await selfTest({ name: "prod", world }, logger);
  return lines;
}

describe("the look at a cluster when the worker starts", () => {
  test("the first look says which master leads, and nothing else when all is well", async () => {
    const world = worldOf({ windows: [windowOn(["web-01"], NOW, HOUR)] });
    expect(await log(async () => world)).toEqual([
      expect.objectContaining({
        level: "info",
        cluster: "prod",
        leader: world.leader,
        version: world.version,
      }),
    ]);
  });

  test("the first look names the right that is missing when the view is filtered, before anybody drains (invariant 2)", async () => {
    const shown = worldOf();
    const status = { draining: [{ machine: machine("web-01"), answers: [] }], down: [] };
    const lines = await log(async () => ({ ...shown, status }));
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: "warn",
        says: "the master hides something from the bot's principal",
        next: expect.stringContaining("get_maintenance_schedules"),
      }),
    );
  });

  test("the first look names known faults of the version", async () => {
    const lines = await log(async () => ({ ...worldOf(), version: "1.1.0" }));
    expect(lines).toContainEqual(
      expect.objectContaining({ level: "warn", advice: expect.stringMatching(/\S/) }),
    );
  });

  test("the first look says why no master answers", async () => {
    const lines = await log(() =>
      Promise.reject(mesosError("no_leader", { cluster: "prod" }, { sent: "no" })),
    );
    expect(lines).toEqual([
      expect.objectContaining({ level: "warn", err: expect.stringContaining("have no leader") }),
    ]);
  });
});
