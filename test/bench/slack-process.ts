import { FakeSlack } from "../slack/fake-slack.js";
import { tell } from "./child.js";

const slack = await FakeSlack.start();
tell({ url: slack.url });
