import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMESPACE = ["--map-root-user", "--mount"];

/** For `suiteFor`: whether this machine lets one have a disk of one's own. */
export const smallDiskAvailable: true | string =
  spawnSync("unshare", [...NAMESPACE, "true"]).status === 0 ||
  "a mount of one's own needs Linux, util-linux (unshare) and user namespaces";

/** A disk of a few MB, in memory, which any process of this user reaches and nobody else sees. */
export interface SmallDisk {
  /** Its folder: that of the process that has mounted it, as others see it. */
  readonly folder: string;
  /** Takes the room that is left, but for so many bytes. @defaultValue 0 */
  fill(leave?: number): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
  dispose(): Promise<void>;
}

/** Mounts a disk in a namespace of its own, which lasts as long as the process in it. */
export async function startSmallDisk(megabytes: number): Promise<SmallDisk> {
  const point = await mkdtemp(join(tmpdir(), "mmb-disk-"));
  const mount = `mount -t tmpfs -o size=${megabytes}m,mode=700 tmpfs "$0" && echo mounted && exec sleep 86400`;
  const holder = spawn("unshare", [...NAMESPACE, "sh", "-c", mount, point], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = () => void holder.kill("SIGKILL");
  process.once("exit", end);
  await mounted(holder);
  const folder = `/proc/${holder.pid}/root${point}`;
  const filling = join(folder, "filling");
  return {
    folder,
    async fill(leave = 0) {
      for (let bytes = 2 ** 20; bytes >= 1; ) {
        try {
          await appendFile(filling, Buffer.alloc(bytes));
        } catch {
          bytes /= 2;
        }
      }
      await truncate(filling, (await stat(filling)).size - leave);
    },
    free: () => rm(filling, { force: true }),
    async dispose() {
      process.off("exit", end);
      const gone = once(holder, "exit");
      end();
      await gone;
      await rm(point, { recursive: true, force: true });
    },
  };
}

async function mounted(holder: ChildProcess): Promise<void> {
  const [said] = await Promise.race([
    once(holder.stdout ?? holder, "data"),
    once(holder, "exit").then(() => ["ended"]),
  ]);
  if (String(said).trim() !== "mounted") throw new Error("No disk of one's own could be mounted.");
}
