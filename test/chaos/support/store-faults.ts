import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as lasts } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { StoreConfig } from "../../../src/config/config.js";
import type { Store } from "../../../src/engine/store/store.js";
import { embeddedPlace, redisAt } from "../../engine/store/places.js";
import { startRedis, type TestRedis } from "../../support/redis.js";
import { startSmallDisk } from "../../support/small-disk.js";
import { until } from "../../support/until.js";
import { isWhole } from "./tally.js";

/** What can go wrong with the place of the queue. */
export interface StoreFault {
  readonly name: string;
  start(): Promise<FaultyStore>;
}

/** A place for a queue, well until the fault. */
export interface FaultyStore {
  readonly settings: StoreConfig;
  /** Breaks it while `body` runs, and mends it then, also after an error. */
  brokenWhile(store: Store, body: () => Promise<void>): Promise<void>;
  dispose(): Promise<void>;
}

type Break = (server: TestRedis, admin: Redis, body: () => Promise<void>) => Promise<void>;

function onRedis(name: string, breakIt: Break, start: () => Promise<TestRedis> = startRedis): StoreFault {
  return {
    name,
    async start() {
      const server = await start();
      const admin = server.admin();
      admin.on("error", () => {});
      return {
        settings: redisAt(server.url),
        brokenWhile: (_, body) => breakIt(server, admin, body),
        async dispose() {
          admin.disconnect();
          await server.dispose();
        },
      };
    },
  };
}

/** A Redis that answers and takes no writes. */
function refusing(name: string, spoil: readonly string[], mend: readonly string[]): StoreFault {
  const call = (admin: Redis, [command = "", ...words]: readonly string[]) => admin.call(command, ...words);
  return onRedis(name, async (_, admin, body) => {
    await call(admin, spoil);
    try {
      await body();
    } finally {
      await call(admin, mend);
    }
  });
}

/** A Redis whose append-only file is on a small disk. */
function onSmallDisk(name: string, appendfsync: "always" | "everysec"): StoreFault {
  return {
    name,
    async start() {
      const disk = await startSmallDisk(16);
      const breakIt: Break = async (server, admin, body) => {
        await disk.fill();
        // As much as is left in the last page of the file.
        const refused = () =>
          admin.set("filling", "x".repeat(5_000)).then(
            () => false,
            () => true,
          );
        await until("Redis finds no room", refused);
        try {
          await body();
        } finally {
          // With `always` it has ended by itself.
          if (appendfsync === "always") await server.awayWhile(() => disk.free());
          else await disk.free();
        }
      };
      const fault = onRedis(name, breakIt, () =>
        startRedis("--dir", disk.folder, "--appendfsync", appendfsync),
      );
      const started = await fault.start();
      return {
        ...started,
        async dispose() {
          await started.dispose();
          await disk.dispose();
        },
      };
    },
  };
}

/** Nothing is known of what Redis did with what is sent to it; in full it is silent for so long. */
const SILENT_MS = isWhole ? 10_000 : 0;

export const REDIS_FAULTS: readonly StoreFault[] = [
  onRedis("Redis is killed, and started again", (server, _, body) => server.awayWhile(body)),
  onRedis("Redis is silent", (server, _, body) =>
    server.frozenWhile(async () => {
      await Promise.all([body(), lasts(SILENT_MS)]);
    }),
  ),
  refusing(
    "Redis is out of memory",
    ["CONFIG", "SET", "maxmemory", "1"],
    ["CONFIG", "SET", "maxmemory", "0"],
  ),
  refusing("Redis is a replica", ["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]),
  refusing(
    "Redis misses its replicas",
    ["CONFIG", "SET", "min-replicas-to-write", "1"],
    ["CONFIG", "SET", "min-replicas-to-write", "0"],
  ),
  onRedis("Redis cannot save a snapshot", async (_, admin, body) => {
    const [, folder = ""] = (await admin.call("CONFIG", "GET", "dir")) as string[];
    const inTheWay = join(folder, "dump.rdb");
    await mkdir(join(inTheWay, "folder"), { recursive: true });
    await admin.call("CONFIG", "SET", "save", "3600 1000000");
    await admin.call("BGSAVE");
    await until("the snapshot fails", async () =>
      (await admin.info("persistence")).includes("rdb_last_bgsave_status:err"),
    );
    try {
      await body();
    } finally {
      await admin.call("CONFIG", "SET", "save", "");
      await rm(inTheWay, { recursive: true });
    }
  }),
  onSmallDisk("The disk of Redis is full", "everysec"),
  onSmallDisk("The disk of Redis is full, and it ends", "always"),
];

/** The folder takes half of it. */
const DISK_MB = 120;

export const FULL_DISK: StoreFault = {
  name: "The disk of the embedded store is full",
  async start() {
    const disk = await startSmallDisk(DISK_MB);
    const { settings } = await embeddedPlace(disk.folder);
    return {
      settings,
      async brokenWhile(store, body) {
        await disk.fill();
        // As many as the room in the pages that are there lets in.
        const filling = store.queue("filling");
        const refused = () =>
          filling.add("filling", { text: "long ".repeat(200) }).then(
            () => false,
            () => true,
          );
        await until("the store finds no room", refused);
        try {
          await body();
        } finally {
          await disk.free();
        }
      },
      dispose: disk.dispose,
    };
  },
};
