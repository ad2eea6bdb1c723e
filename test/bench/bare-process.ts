import { createServer } from "node:http";
import { tell } from "./child.js";

// A Node process that only listens: what no program can be smaller than.
createServer((_request, response) => response.end()).listen(0, "127.0.0.1", () => tell({}));
