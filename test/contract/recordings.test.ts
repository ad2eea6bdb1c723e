import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RehearsalMaster } from "../../src/rehearsal/master/master.js";
import { ask, type Exchange, LEADER, normalise, playChange, readRecording, startRecorded } from "./replay.js";

const RECORDINGS = [
  "schedule",
  "down-and-up",
  "v1",
  "credentials",
  "not-leading",
  "not-leading-credentials",
  "edges",
  "drain",
] as const;

// The steps of a recording build on each other: they run in order against one master.
describe.each(RECORDINGS)("the rehearsal master answers as the recorded one did: %s", (name) => {
  const recording = readRecording(name);
  let master: RehearsalMaster;
  beforeAll(async () => {
    master = await startRecorded(recording);
  });
  afterAll(() => master.close());

  test.each(recording.steps.map((step) => [step.name, step] as const))("%s", async (_, step) => {
    if (!("ask" in step)) return playChange(master, step);
    const response = await ask(master, step);
    const body = await response.text();
    expect({ status: response.status, ...headersOf(response, step) }).toEqual({
      status: step.status,
      ...expectedHeaders(step, master),
    });
    const { id } = master.state();
    if (step.text !== undefined) expect(body.replaceAll(id, "<master>")).toBe(step.text);
    if (step.json !== undefined) expect(normalise(body, id)).toEqual(normalise(step.json, "<master>"));
    if (step.has !== undefined)
      expect(normalise(body, id)).toMatchObject(Object(normalise(step.has, "<master>")));
  });
});

const HEADERS = ["location", "allow", "www-authenticate"] as const;

function headersOf(response: Response, step: Exchange) {
  const checked = HEADERS.filter((name) => step[name] !== undefined || response.headers.has(name));
  return Object.fromEntries(checked.map((name) => [name, response.headers.get(name)]));
}

function expectedHeaders(step: Exchange, master: RehearsalMaster) {
  const leader = master.state().leading === "redirecting" ? LEADER : master.address;
  const given = HEADERS.flatMap((name) => {
    const value = step[name];
    return value === undefined ? [] : [[name, value.replace("<leader>", leader)]];
  });
  return Object.fromEntries(given);
}
