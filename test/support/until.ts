export { until } from "../../src/rehearsal/demo/until.js";
