import type { Cluster, Redis } from "ioredis";
import { MOST_BYTES, NOT_READ } from "../bound.js";

/** A job's hash has some twenty fields; what has many more is no job. */
const MOST_FIELDS = 64;

/** What tells which job it is, read also where all of it is too much; each of them takes less than this. */
const ABOUT = ["id", "name", "opts", "delay", "priority", "timestamp", "ats", "finishedOn"];
const ABOUT_BYTES = 65_536;

/** The fields of a job's hash that BullMQ (6.7) parses before anybody else sees the job. */
const PARSED = ["opts", "progress", "parent"];

const inLua = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

/** Reads a hash as HGETALL does, but never more than `MOST_BYTES`: it asks first how much there is. */
const READ_JOB = `
local function readJob(key)
  local function without(why, bytes)
    local job = {"data", '{"${NOT_READ}":"' .. why .. '","bytes":' .. bytes .. '}'}
    if redis.call("TYPE", key)["ok"] ~= "hash" then return job end
    for _, name in ipairs({${inLua(ABOUT)}}) do
      local value = redis.call("HSTRLEN", key, name) < ${ABOUT_BYTES} and redis.call("HGET", key, name)
      if value and (name ~= "opts" or pcall(cjson.decode, value)) then
        table.insert(job, name)
        table.insert(job, value)
      end
    end
    return job
  end
  local kind = redis.call("TYPE", key)["ok"]
  if kind == "none" then return {} end
  if kind ~= "hash" or redis.call("HLEN", key) > ${MOST_FIELDS} then return without("broken", "null") end
  local bytes = 0
  for _, name in ipairs(redis.call("HKEYS", key)) do bytes = bytes + redis.call("HSTRLEN", key, name) end
  if bytes > ${MOST_BYTES} then return without("too_large", bytes) end
  for _, text in ipairs({${inLua(PARSED)}}) do
    local value = redis.call("HGET", key, text)
    if value and not pcall(cjson.decode, value) then return without("broken", "null") end
  end
  return redis.call("HGETALL", key)
end
`;

/**
 * Commands on a hash that do nothing where somebody has put something else in its place. A script that breaks off half-way has
 * taken all jobs that were due out of its lists by then, and nothing would ever take them up again (invariant 11).
 */
const CALL = `
local function rcall(command, key, ...)
  if string.sub(command, 1, 1) == "H" then
    local kind = redis.call("TYPE", key)["ok"]
    if kind ~= "hash" and kind ~= "none" then return (command == "HINCRBY" and 0) or (command == "HMGET" and {}) end
  end
  return redis.call(command, key, ...)
end
`;

/** How BullMQ's scripts (6.7) call Redis. */
const BULLMQ_CALL = /local rcall = redis\.call\b;?/g;

/** Where they read a whole job. */
const WHOLE_JOB = /rcall\("HGETALL", (jobKey|prefix \.\. jobId)\)/g;

/** A script of BullMQ's that reads no job whole, and is not broken off by one that is none. */
export function boundedScript(lua: string): string {
  const guarded = lua.replace(BULLMQ_CALL, CALL);
  const bounded = guarded.replace(WHOLE_JOB, "readJob($1)");
  return bounded === guarded ? guarded : READ_JOB + bounded;
}

/** BullMQ gives its scripts to the client, and asks it for single jobs: here both are bounded, each still in one round trip. */
export function boundReads<Client extends Redis | Cluster>(client: Client): Client {
  const define = client.defineCommand.bind(client);
  client.defineCommand = (name, { lua, ...definition }) =>
    define(name, { ...definition, lua: boundedScript(lua) });
  define("readJob", { numberOfKeys: 1, lua: `${READ_JOB} return readJob(KEYS[1])` });
  const { readJob } = client as unknown as { readJob(key: string): Promise<string[]> };
  const hgetall = async (key: string): Promise<Record<string, string>> => {
    const flat = await readJob.call(client, key);
    return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ""]] : [])));
  };
  client.hgetall = hgetall as Client["hgetall"];
  return client;
}
