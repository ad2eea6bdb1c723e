import { Worker } from "node:worker_threads";
import { inTurns } from "../../../base/in-turns.js";
import type { ParsedInventory } from "../../../hosts/inventory/inventory.js";
import { isYamlInventory, parsePlainInventory } from "../../../hosts/inventory/parse.js";
import { readYamlInventory } from "../../../hosts/inventory/read-yaml.js";
import type { YamlEvents } from "../../../hosts/yaml/yaml-events.js";

/** Longer than the largest inventory takes on a busy machine. */
const TIMEOUT_MS = 60_000;

/**
 * Reads an inventory (`parseInventory`) without keeping the event loop from others: YAML is parsed in a thread, the rest is done in
 * turns. Rejects when the thread takes too long.
 */
export async function readInventory(text: string, name: string): Promise<ParsedInventory> {
  if (!isYamlInventory(text, name)) return await inTurns(parsePlainInventory(text, name));
  return await inTurns(readYamlInventory(text, await eventsInThread(text), name));
}

async function eventsInThread(text: string): Promise<YamlEvents> {
  const thread = new Worker(new URL("./yaml-thread.js", import.meta.url), { workerData: text });
  try {
    return await new Promise<YamlEvents>((resolve, reject) => {
      const late = () => reject(new Error(`The inventory was not read within ${TIMEOUT_MS / 1000} s.`));
      const timer = setTimeout(late, TIMEOUT_MS);
      thread.once("message", resolve);
      thread.once("error", reject);
      thread.once("exit", (code) =>
        reject(new Error(`The thread that reads inventories ended with ${code}.`)),
      );
      thread.once("exit", () => clearTimeout(timer));
    });
  } finally {
    await thread.terminate();
  }
}
