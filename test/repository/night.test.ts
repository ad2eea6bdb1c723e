import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CORE_SCHEMA, load, mergeTag } from "js-yaml";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseCommand } from "../../src/commands/parse.js";
import { readCommandLine } from "../../src/config/command-line.js";
import { startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import { onlyOne } from "../commands/clusters.js";

const page = readFileSync("docs/night.md", "utf8");

const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);

const sectionOf = (heading: string) => page.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";

/** The command lines of the page for a shell, those within a sentence too. */
const shell = [
  ...[...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
    block
      .replace(/\\\n\s*/g, "")
      .split("\n")
      .map((line) => line.trim()),
  ),
  ...[...page.matchAll(/`((?:journalctl|systemctl|rm|curl|npm|docker|redis-cli) [^`]+)`/g)].map(
    ([, line = ""]) => line,
  ),
].filter((line) => line !== "");

/** What stands on the buttons that the cards, questions and messages have, as far as it is written out. */
const labels = readdirSync("src/slack/render", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join("src/slack/render", file), "utf8"))
  .flatMap((text) => [
    ...text.matchAll(/\b(?:offer|button)\(\s*(?:[^",]+\? )?"([^"]+)"/g),
    ...text.matchAll(/\bconst label = .*$/gm),
  ])
  .flatMap(([found, label]) => label ?? [...found.matchAll(/"([^"]+)"/g)].map(([, one = ""]) => one));

describe("docs/night.md", () => {
  test("has what one is paged for, each with what to look at and what to do", () => {
    for (const paged of [
      "asks a question",
      "overdue",
      "trouble",
      "not back",
      "silent",
      "Slack",
      "Redis",
      "master",
    ])
      expect(headings.filter((heading) => heading.includes(paged))).toHaveLength(1);
    for (const heading of headings.slice(0, -1)) {
      expect(sectionOf(heading)).toMatch(/^\n- \*\*Look\*\* /);
      expect(sectionOf(heading)).toMatch(/\n- \*\*Do\*\* /);
    }
  });

  const commands = [...page.matchAll(/`\/mesos ([^`]+)`/g)].map(([, typed = ""]) => typed);
  test.each([...new Set(commands)])("/mesos %s can be typed as it stands", (typed) => {
    const parsed = parseCommand(typed, onlyOne);
    expect(parsed).toMatchObject({ ok: true });
  });

  const bold = [...page.matchAll(/\*\*([^*]+)\*\*/g)].map(([, words = ""]) => words);
  test.each([...new Set(bold)].filter((words) => /^[A-Z][^.]*$/.test(words) && !/^(Look|Do)$/.test(words)))(
    "%s is a button's label",
    (label) => {
      expect(labels).toContain(label);
    },
  );

  test.each(shell)("a shell understands %s", (line) => {
    expect(spawnSync("bash", ["-n", "-c", line])).toMatchObject({ status: 0 });
  });

  test("names the units, services, ports and options that there are", () => {
    const operations = readFileSync("docs/operations.md", "utf8");
    const units = shell.flatMap((line) => line.match(/mesos-maintenance-bot@\w+/g) ?? []);
    expect(units.length).toBeGreaterThan(1);
    for (const unit of units) expect(operations).toContain(unit);
    const { services } = load(readFileSync("docker-compose.yml", "utf8"), {
      schema: CORE_SCHEMA.withTags(mergeTag),
    }) as {
      services: object;
    };
    const restarted =
      shell
        .find((line) => line.startsWith("docker"))
        ?.split("restart ")[1]
        ?.split(" ") ?? [];
    expect(Object.keys(services)).toEqual(expect.arrayContaining(restarted));
    for (const [, port] of page.matchAll(/127\.0\.0\.1:(\d+)\/readyz/g))
      expect(operations).toContain(`:${port}/readyz`);
    const npm =
      shell
        .find((line) => line.startsWith("npm start -- "))
        ?.split(" ")
        .slice(3) ?? [];
    expect(readCommandLine(npm, {})).toMatchObject({ kind: "check" });
  });

  test("without the bot a machine comes up by the call that the page has, and the health of a master is told", async () => {
    const web06 = { hostname: "web-06", ip: "10.0.0.6" };
    const master = await startRehearsalMaster({ agents: [web06], frameworks: [] });
    onTestFinished(() => master.close());
    master.postSchedule({ windows: [{ machines: [web06], start: 1n, duration: null }] });
    master.startMaintenance([web06]);
    const bodies = shell.flatMap((line) => /curl .*\/api\/v1.* -d '(.+?)'/.exec(line)?.[1] ?? []);
    expect(bodies).toHaveLength(2);
    for (const body of bodies) {
      const headers = { "content-type": "application/json" };
      expect((await fetch(`${master.url}/api/v1`, { method: "POST", headers, body })).status).toBe(200);
    }
    expect(master.calls().map(({ type }) => type)).toEqual(["GET_HEALTH", "STOP_MAINTENANCE"]);
    expect(master.state().schedule.windows).toEqual([]);
  });
});
