import { describe, expect, test } from "vitest";
import type { RehearsalFramework } from "../../../src/rehearsal/master/options.js";
import { SIX, useEngine } from "../support/engine.js";
import { ALICE } from "../support/people.js";

const silent = (name: string, driver: "old" | "http"): RehearsalFramework => ({
  name,
  driver,
  habit: "silent",
  tasks: [{ name: `${name}-task`, on: "web-01" }],
});

const CANNOT = "uses the old driver, cannot answer inverse offers";

describe("frameworks as they are", () => {
  const engine = useEngine();

  const clusterOf = (frameworks: readonly RehearsalFramework[]) =>
    engine().cluster({
      master: { agents: SIX, frameworks },
      policy: { askAfterMs: 1_000, frameworks: [{ by: "name", value: "jobs*", family: "chronos" }] },
    });

  test("/mesos frameworks shows all of the cluster: driver, kind, and what was read of the kind", async () => {
    const cluster = await clusterOf([
      silent("Eremetic", "old"),
      silent("jobs-eu", "old"),
      silent("web", "http"),
    ]);
    await cluster.type(ALICE, "frameworks");
    const told = await cluster.told(ALICE, /3 frameworks; what 2 of them are is known/);
    expect(told).toMatch(/Eremetic +1 +old +looks like Eremetic/);
    expect(told).toMatch(/jobs-eu +1 +old +is Chronos \(clusters file\)/);
    expect(told).toMatch(/web +1 +HTTP API +not known/);
    expect(told).toContain("killed by a drain: not retried");
  });

  test("a dry run, the card and the question say what is known of the frameworks on the machines", async () => {
    const cluster = await clusterOf([silent("jobs-eu", "old"), silent("web", "http")]);
    await cluster.type(ALICE, "drain web-01 2h --dry-run");
    const known = `${CANNOT}; is Chronos (clusters file); lost tasks are started again in part, killed ones are not started again`;
    expect(await cluster.told(ALICE, /Dry run/)).toContain(known);
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    await maintenance.root(
      /jobs-eu: silent 1 — _uses the old driver, cannot answer inverse offers; is Chronos/,
    );
    expect((await maintenance.question()).text).toContain(`jobs-eu: ${CANNOT}; is Chronos (clusters file)`);
  });

  test("a dry run of a drain that would be refused says what is known of the frameworks as well", async () => {
    const cluster = await engine().cluster({
      master: { agents: SIX, frameworks: [silent("Eremetic", "old")] },
      policy: { requireReason: true },
    });
    await cluster.type(ALICE, "drain web-01 2h --dry-run");
    expect(await cluster.told(ALICE, /It would be refused/)).toContain(`${CANNOT}; looks like Eremetic`);
  });

  test("a drain warns at its start of a framework that brings machines Up by itself", async () => {
    const cluster = await clusterOf([silent("Peloton", "http")]);
    const maintenance = await cluster.drain("web-02 2h");
    await maintenance.thread(
      /Peloton looks like Peloton, which brings machines that others took Down Up again/,
    );
  });
});
