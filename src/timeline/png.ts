import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const fontOf = (name: string) => fileURLToPath(new URL(`./png/${name}`, import.meta.url));

/** The only fonts that are looked at, so that a picture is the same on every system. */
const FONT = {
  loadSystemFonts: false,
  fontFiles: [fontOf("RobotoMono-Regular.ttf"), fontOf("RobotoMono-SemiBold.ttf")],
  defaultFontFamily: "Roboto Mono",
};

/** Twice the size of the SVG, so that it is sharp on the screens of today. */
const OPTIONS = { fitTo: { mode: "zoom", value: 2 }, font: FONT };

/** Longer than the largest picture takes on a busy machine; then something is wrong with it. */
const TIMEOUT_MS = 20_000;

/**
 * An SVG as the bytes of a PNG, rendered in a thread of its own: the event loop goes on.
 *
 * Rejects where the library has no build for this system, and when the thread takes too long.
 */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const worker = new Worker(new URL("./png/png-worker.js", import.meta.url), {
    workerData: { svg, options: OPTIONS },
  });
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      const late = () => reject(new Error(`The picture was not drawn within ${TIMEOUT_MS / 1000} s.`));
      const timer = setTimeout(late, TIMEOUT_MS);
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`The thread ended with ${code}.`)));
      worker.once("exit", () => clearTimeout(timer));
    });
  } finally {
    await worker.terminate();
  }
}
