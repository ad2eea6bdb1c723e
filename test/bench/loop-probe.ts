// For `node --import` in the program: writes a line to stderr each second, `MARK` and the blocks of its event loop.

import { watchLoop } from "./loop-blocks.js";

const MARK = "event-loop-blocks ";

const blocks = watchLoop(10);
setInterval(() => {
  process.stderr.write(`${MARK}${JSON.stringify(blocks())}\n`);
}, 1_000).unref();
