import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { startRedis, type TestRedis } from "../support/redis.js";
import type { Figures } from "./figures.js";
import { rounded } from "./numbers.js";

/** What the figures depend on. A load near the number of cores before the start means that something else was running. */
export function machine(): Figures {
  return {
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: availableParallelism(),
    memoryGiB: rounded(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    redis: redisVersion() ?? "none",
    loadBefore: loadNow(),
  };
}

/** `null` where `redis-server` is not installed. */
export function redisVersion(): string | null {
  const { status, stdout } = spawnSync("redis-server", ["--version"], { encoding: "utf8" });
  return status === 0 ? (/v=(\S+)/.exec(stdout)?.[1] ?? "unknown") : null;
}

/** Processes that ran or wanted to run, averaged over the last minute. */
export function loadNow(): number {
  return rounded(loadavg()[0] ?? 0);
}

/** A Redis with an append-only file, as durable as people have theirs. */
export function benchRedis(): Promise<TestRedis> {
  return startRedis("--appendfsync", "everysec");
}
