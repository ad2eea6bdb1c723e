import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { z } from "zod";
import { PERMISSIONS, type Permission } from "../../src/rehearsal/master/access.js";
import { type Json, type JsonObject, parseExactJson } from "../../src/rehearsal/master/exact-json.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../src/rehearsal/master/master.js";

const permissions = z.array(z.enum(PERMISSIONS));

const act = z.union([
  z.strictObject({ answer: z.tuple([z.string(), z.string(), z.enum(["accept", "decline"])]) }),
  z.strictObject({ killTasksOn: z.string() }),
  z.strictObject({ startAgent: z.string() }),
]);

const exchange = z.strictObject({
  name: z.string(),
  ask: z.string(),
  send: z.string().optional(),
  /** `name:secret`. */
  as: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  status: z.number(),
  location: z.string().optional(),
  allow: z.string().optional(),
  "www-authenticate": z.string().optional(),
  /** The whole body as text; the whole body as JSON; a part of the JSON. */
  text: z.string().optional(),
  json: z.string().optional(),
  has: z.string().optional(),
});

const change = z.strictObject({
  name: z.string(),
  do: z.array(act).optional(),
  leading: z.enum(["redirecting", "no_leader", "not_recovered"]).optional(),
});

const recording = z.strictObject({
  principals: z
    .array(z.strictObject({ name: z.string(), secret: z.string(), may: permissions.optional() }))
    .default([]),
  frameworks: z
    .array(
      z.strictObject({
        name: z.string(),
        habit: z.enum(["mover", "stayer", "decliner", "silent"]),
        answerAfterMs: z.number().nullable().default(null),
        askAgainMs: z.number().nullable().default(null),
        tasks: z.array(z.strictObject({ name: z.string(), on: z.string() })),
      }),
    )
    .default([]),
  steps: z.array(z.union([exchange, change])),
});

export type Recording = z.output<typeof recording>;

export type Exchange = z.output<typeof exchange>;

/** What the recorded master redirected to. */
export const LEADER = "127.0.0.1:5071";

/** One of the files of `test/fixtures/recordings`. */
export function readRecording(name: string): Recording {
  const file = new URL(`../fixtures/recordings/${name}.yaml`, import.meta.url);
  return recording.parse(load(readFileSync(file, "utf8")));
}

/** A master with the machines of the recordings; agents in the order of their recorded ids. */
export function startRecorded({ principals, frameworks }: Recording): Promise<RehearsalMaster> {
  return startRehearsalMaster({
    version: "1.12.0",
    agents: [
      { hostname: "db-01", ip: "127.0.0.4" },
      { hostname: "web-02", ip: "127.0.0.3" },
      { hostname: "web-01", ip: "127.0.0.2" },
    ],
    frameworks,
    principals: principals.map(({ name, secret, may }) => withRights({ name, secret }, may)),
  });
}

function withRights(principal: { name: string; secret: string }, may: Permission[] | undefined) {
  return may === undefined ? principal : { ...principal, may };
}

/** Plays a step that is not an exchange. */
export function playChange(master: RehearsalMaster, step: z.output<typeof change>): void {
  if (step.leading !== undefined) master.setLeading(step.leading, LEADER);
  for (const one of step.do ?? []) {
    if ("answer" in one) master.answer(...one.answer);
    if ("startAgent" in one) master.startAgent(one.startAgent);
    if ("killTasksOn" in one) {
      const { tasks } = master.state();
      for (const { id } of tasks.filter(({ host }) => host === one.killTasksOn)) master.killTask(id);
    }
  }
}

/** Sends the request of an exchange, with the master's id in place of `<master>`. */
export function ask(master: RehearsalMaster, { ask: line, send, as, headers }: Exchange) {
  const [method = "GET", path = "/"] = line.split(" ");
  const isV1 = path.endsWith("/api/v1") && method === "POST";
  const given = {
    ...(isV1 ? { "content-type": "application/json" } : {}),
    ...(as === undefined ? {} : { authorization: `Basic ${Buffer.from(as).toString("base64")}` }),
    ...headers,
  };
  const body = send?.replaceAll("<master>", master.state().id);
  return fetch(`${master.url}${path}`, {
    method,
    redirect: "manual",
    headers: given,
    ...(body === undefined ? {} : { body }),
  });
}

/** JSON with what differs from run to run taken out: ids, times of answers, the order of a hash map. */
export function normalise(text: string, masterId: string): Json {
  return calm(parseExactJson(text.replaceAll(masterId, "<master>")));
}

function calm(value: Json): Json {
  if (Array.isArray(value)) return value.map(calm);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as JsonObject).map(([key, field]): [string, Json] => {
    if (key === "timestamp") return [key, { nanoseconds: 0n }];
    const inner = calm(field ?? null);
    const isBag = key === "draining_machines" || key === "down_machines";
    return [key, isBag && Array.isArray(inner) ? [...inner].sort(byText) : inner];
  });
  return Object.fromEntries(entries);
}

function byText(a: Json, b: Json): number {
  const text = (value: Json) =>
    JSON.stringify(value, (_, field) => (typeof field === "bigint" ? `${field}` : field));
  return text(a) < text(b) ? -1 : 1;
}
