import { FakeSlack } from "../slack/fake-slack.js";
import { tell } from "./child.js";

const slack = await FakeSlack.start();
slack.hasEverybody = true;
/** In which message a question was asked, by the id of its approval; `null` where it was not asked yet. */
process.on("message", (approval: string) => {
  const question = slack.posted.find(({ args }) => JSON.stringify(args).includes(approval));
  tell(question?.ts ?? null);
});
tell({ url: slack.url });
