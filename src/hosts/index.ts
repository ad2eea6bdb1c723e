export { createHostIndex, type HostIndex } from "./host-index.js";
export { type Inventory, parseInventory } from "./inventory.js";
export { editDistance, nearest } from "./nearest.js";
export { parsePattern } from "./pattern.js";
export { resolveHosts } from "./resolve.js";
