import { tell } from "./child.js";
import { watchLoop } from "./loop-blocks.js";

const blocks = watchLoop(10);
process.on("message", () => tell(blocks()));
tell({});
