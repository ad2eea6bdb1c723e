import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { PERMISSIONS, type Permission } from "../../../src/rehearsal/master/access.js";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

const CREDENTIALS = /Next: Check the principal and the secret in the configuration .*; (.+) then\./;

describe("a next step is right for whoever reads it: a maintenance goes on by itself, a person asks again", () => {
  const engine = useEngine();

  test.each([
    { line: "hosts web-*", goOn: "ask again" },
    { line: "schedule", goOn: "ask again" },
    { line: "drain web-02 2h --dry-run", goOn: "ask again" },
    { line: "up web-01", goOn: "send the command again" },
    { line: "status", goOn: "every maintenance goes on by itself" },
  ])("`$line` on a 401 names the credentials, and then: $goOn", async ({ line, goOn }) => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    cluster.master.fault("*", { kind: "status", status: 401, times: 1_000_000 });
    expect(CREDENTIALS.exec(await maintenance.thread(/⚠️/))?.[1]).toBe("it goes on by itself");
    await cluster.type(BOB, line);
    const told = await cluster.told(BOB, /does not accept the credentials/);
    expect(CREDENTIALS.exec(told)?.[1]).toBe(goOn);
  });

  test("a click on a 401 is told to decide again", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    cluster.master.fault("*", { kind: "status", status: 401, times: 1_000_000 });
    await maintenance.click(BOB, "approve");
    const told = await cluster.told(BOB, /does not accept the credentials/);
    expect(CREDENTIALS.exec(told)?.[1]).toBe("decide again");
  });

  test("a dry run goes on with nothing: who asked for it asks again when the agents have registered again", async () => {
    const cluster = await engine().cluster();
    cluster.master.failOver({ reregisterMs: null });
    await cluster.type(ALICE, "drain web-01 2h --dry-run");
    const told = await cluster.told(ALICE, /has not heard from all agents/);
    expect(told).toContain("Nothing was posted: this was a dry run.");
    expect(told).toContain("Next: Ask again when the agents have registered again.");
  });

  test("a dry run on a filtered view names the rights, and to ask again", async () => {
    const may = PERMISSIONS.filter((permission) => permission !== "get_maintenance_schedule");
    const cluster = await engine().cluster({
      master: { principals: [{ name: "bot", secret: "hush", may }] },
      config: { credentials: { principal: "bot", secret: new Secret("hush") } },
    });
    cluster.master.postSchedule({
      windows: [{ machines: [{ hostname: "web-06", ip: "10.0.0.6" }], start: 7n, duration: null }],
    });
    await cluster.type(ALICE, "drain web-01 2h --dry-run");
    const told = await cluster.told(ALICE, /the view we get is filtered/);
    expect(told).toMatch(
      /Next: Grant the bot.s principal get_maintenance_schedules on ANY; ask again then\./,
    );
  });

  test("a cancel of a window that was left names the right that its post lacks", async () => {
    const may: Permission[] = [...PERMISSIONS];
    const cluster = await engine().cluster({
      master: { principals: [{ name: "bot", secret: "hush", may }] },
      config: { credentials: { principal: "bot", secret: new Secret("hush") } },
    });
    cluster.master.postSchedule({
      windows: [{ machines: [{ hostname: "web-06", ip: "10.0.0.6" }], start: 7n, duration: null }],
    });
    const maintenance = await cluster.drain("web-01 2h");
    await maintenance.thread(/Scheduled/);
    const saved = cluster.master.state().schedule;
    await maintenance.click(ALICE, "cancel");
    await maintenance.thread(/Cancelled/);
    cluster.master.postSchedule(saved);
    may.splice(may.indexOf("update_maintenance_schedule"), 1);
    await cluster.type(BOB, "cancel web-01");
    const told = await cluster.told(BOB, /lacks the right to do this/);
    expect(told).toMatch(/Next: Grant it update_maintenance_schedules .*; send the command again then\./);
  });

  test("a Down that the master refused is asked for again once the right is granted", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    cluster.master.fault("START_MAINTENANCE", {
      kind: "status",
      status: 403,
      text: "403 Forbidden.",
      times: 1,
    });
    await maintenance.click(BOB, "approve");
    const told = await maintenance.thread(/lacks the right to do this/);
    expect(told).toMatch(/Next: Grant it start_maintenances .*; ask for Down again then\./);
  });
});
