export type { Command, CommandContext } from "./command.js";
export { parseDuration } from "./duration.js";
export { helpReply } from "./help.js";
export { parseCommand } from "./parse.js";
export { undoFormatting } from "./unformat.js";
