import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redisAvailable } from "./redis.js";

/** For `suiteFor`: whether Redis and its certificates can be had on this machine. */
export const tlsAvailable: true | string =
  redisAvailable === true
    ? spawnSync("openssl", ["version"]).status === 0 || "openssl is not installed"
    : redisAvailable;

/** A certificate with its key, as files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Of the authority that signed it. */
  readonly authority: string;
}

/** An authority of our own, in a folder that goes with it. */
export interface Authority {
  /** Its certificate, PEM. */
  readonly pem: string;
  readonly file: string;
  /** A certificate for these names, such as `IP:127.0.0.1` and `DNS:localhost`; with -1 days one that has expired. */
  certificate(names: readonly string[], days?: number): Promise<Certificate>;
  /** One that signed itself, for 127.0.0.1. */
  selfSigned(): Promise<Certificate>;
  dispose(): Promise<void>;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Makes an authority with the program `openssl`. */
export async function createAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-authority-"));
  const inside = (name: string) => join(folder, name);
  const [file, key] = [inside("ca.pem"), inside("ca.key")];
  await openssl(
    "req",
    "-x509",
    ...NEW_KEY,
    "-subj",
    "/CN=test authority",
    "-days",
    "2",
    "-keyout",
    key,
    "-out",
    file,
  );
  let made = 0;
  return {
    pem: await readFile(file, "utf8"),
    file,
    async certificate(names, days = 2) {
      made += 1;
      const own = (kind: string) => inside(`${made}.${kind}`);
      const [cert, key, request, extensions] = [own("pem"), own("key"), own("csr"), own("ext")];
      await writeFile(extensions, `subjectAltName=${names.join(",")}\n`);
      await openssl("req", ...NEW_KEY, "-subj", "/CN=test", "-keyout", key, "-out", request);
      const signed = [
        "-CA",
        file,
        "-CAkey",
        inside("ca.key"),
        "-set_serial",
        String(made),
        "-extfile",
        extensions,
      ];
      await openssl("x509", "-req", "-in", request, ...signed, "-days", String(days), "-out", cert);
      return { cert, key, authority: file };
    },
    async selfSigned() {
      const [cert, key] = [inside("self.pem"), inside("self.key")];
      const names = ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"];
      await openssl("req", "-x509", ...NEW_KEY, ...names, "-days", "2", "-keyout", key, "-out", cert);
      return { cert, key, authority: cert };
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

async function openssl(...args: readonly string[]): Promise<void> {
  const program = spawn("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  const said: string[] = [];
  program.stderr.on("data", (bytes) => said.push(String(bytes)));
  const code = await new Promise((resolve, reject) => {
    program.once("error", reject);
    program.once("close", resolve);
  });
  if (code !== 0) throw new Error(`openssl ended with ${code}: ${said.join("")}`);
}
