import { parentPort, workerData } from "node:worker_threads";
import { treeOf } from "../../../hosts/inventory/yaml/yaml-tree.js";

/** Reads one text in a thread of its own: a large one takes longer than the event loop of a worker may stand still. */
parentPort?.postMessage(treeOf(workerData));
