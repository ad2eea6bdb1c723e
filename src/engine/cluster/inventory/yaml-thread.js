import { parentPort, workerData } from "node:worker_threads";
import { eventsOf } from "../../../hosts/yaml/yaml-events.js";

/** Reads one text in a thread of its own: a large one takes longer than the event loop of a worker may stand still. */
const events = eventsOf(workerData);
// Handed over and not copied.
parentPort?.postMessage(events, events.ok ? [events.rows.buffer] : []);
