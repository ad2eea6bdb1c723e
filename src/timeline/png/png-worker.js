import { parentPort, workerData } from "node:worker_threads";
import { Resvg } from "@resvg/resvg-js";

/**
 * Renders one SVG in a thread of its own, since it takes longer than the event loop of a bot may stand still, and
 * `renderAsync` leaves the encoding of the PNG to the caller's thread.
 */
const { svg, options } = workerData;

parentPort?.postMessage(new Resvg(svg, options).render().asPng());
