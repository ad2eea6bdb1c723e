// Would the queue be kept where it is to live?

import type { Config, EmbeddedConfig, RedisConfig } from "../config/config.js";
import { lookAtEmbedded } from "../engine/store/embedded/look-at-embedded.js";
import { lookAtRedis } from "../engine/store/redis/look-at-redis.js";
import { StoreError } from "../engine/store/store-error.js";
import { type Finding, mend, note, ok } from "./finding.js";

const ABOUT = "store";

export async function lookAtStore({ store }: Config): Promise<readonly Finding[]> {
  try {
    return store.kind === "redis" ? await redis(store) : await embedded(store);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [mend(ABOUT, error.what, error.next)];
  }
}

async function redis(settings: RedisConfig): Promise<readonly Finding[]> {
  const verdicts = await lookAtRedis(settings);
  return verdicts.flatMap(({ address, version, unfit, risks }) => {
    if (unfit !== null) return [mend(ABOUT, unfit.what, unfit.next)];
    const risky = risks.map(({ what, next }) => note(ABOUT, what, next));
    const fit = `Redis ${version} at ${address} answers`;
    if (risky.length > 0) return [ok(ABOUT, `${fit}.`), ...risky];
    return [ok(ABOUT, `${fit}, keeps an append-only file and evicts nothing.`)];
  });
}

async function embedded(settings: EmbeddedConfig): Promise<readonly Finding[]> {
  const { dataDir } = settings;
  const { version, holder, isInMemory } = await lookAtEmbedded(settings);
  const files = version === null ? "it is made at the first start" : `PostgreSQL ${version} files`;
  const found = [ok(ABOUT, `The embedded store in ${dataDir} can be used (${files}).`)];
  if (holder !== null) {
    found.push(
      note(
        ABOUT,
        `It is in use by ${holder}, and takes one process only.`,
        "If that is this bot, there is nothing to do; a second process would not start.",
      ),
    );
  }
  if (isInMemory) {
    const next = "Set DATA_DIR to a folder on a disk, or set REDIS_URL.";
    found.push(
      mend(ABOUT, `${dataDir} lies in memory: open maintenances would be lost at the next restart.`, next),
    );
  }
  return found;
}
