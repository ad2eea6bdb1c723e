import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** For `suiteFor`: whether certificates can be made on this machine. */
export const opensslAvailable: true | string =
  spawnSync("openssl", ["version"]).status === 0 || "openssl is not installed";

/** A certificate with its key, as files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Of the authority that signed it. */
  readonly authority: string;
}

/** In days from now. */
export interface Validity {
  readonly from: number;
  readonly to: number;
}

export const EXPIRED: Validity = { from: -2, to: -1 };

export const NOT_YET_VALID: Validity = { from: 1, to: 2 };

/** An authority of our own, in a folder that goes with it. */
export interface Authority {
  /** Its certificate, PEM. */
  readonly pem: string;
  readonly file: string;
  /** A certificate for these names, such as `IP:127.0.0.1` and `DNS:localhost`, by default for two days from now on. */
  certificate(names: readonly string[], valid?: Validity): Promise<Certificate>;
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
    async certificate(names, { from, to } = { from: 0, to: 2 }) {
      made += 1;
      const [cert, key, request, settings, index] = ["pem", "key", "csr", "conf", "index"].map((kind) =>
        inside(`${made}.${kind}`),
      ) as [string, string, string, string, string];
      // Each with a database of its own: several are made at the same time.
      await writeFile(index, "");
      await writeFile(
        settings,
        `[ca]
default_ca = own
[own]
database = ${index}
new_certs_dir = ${folder}
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = ${names.join(",")}
`,
      );
      await openssl("req", ...NEW_KEY, "-subj", "/CN=test", "-keyout", key, "-out", request);
      const signed = ["-cert", file, "-keyfile", inside("ca.key"), "-config", settings];
      const valid = ["-startdate", dateIn(from), "-enddate", dateIn(to)];
      await openssl("ca", "-batch", "-notext", ...signed, ...valid, "-in", request, "-out", cert);
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

/** As openssl reads it. */
function dateIn(days: number): string {
  const date = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${date.slice(0, 19).replace(/[-:T]/g, "")}Z`;
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
