export { createHostIndex, type HostIndex } from "./host-index.js";
export { type Inventory, type ParsedInventory, parseInventory } from "./inventory.js";
export { nearest } from "./nearest.js";
export { type HostPattern, type ParsedPattern, parsePattern } from "./pattern.js";
export { type Resolved, resolveHosts } from "./resolve.js";
