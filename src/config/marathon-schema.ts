import { z } from "zod";
import { marathonUrl } from "./addresses.js";
import { line, principal, variableName } from "./fields.js";

/** How a Marathon is reached, as it is written in the clusters file. */
export const marathon = z
  .strictObject(
    {
      url: marathonUrl.meta({
        description:
          "Base URL of its API, `http://` or `https://`; the one of a load balancer in front of several Marathons is best, for redirects are not followed.",
        example: "https://marathon.example.com:8443",
      }),
      user: principal.optional().meta({
        description: "User to log in with (HTTP basic), together with `password_env`.",
        example: "maintenance-bot",
      }),
      password_env: variableName.optional().meta({
        description: "Name of the environment variable that holds the user's password.",
        example: "PROD_MARATHON_PASSWORD",
      }),
      token_env: variableName.optional().meta({
        description:
          "Name of the environment variable that holds a token, sent as `Authorization: token=…` as DC/OS takes it; instead of a user.",
        example: "JOBS_MARATHON_TOKEN",
      }),
      ca_file: line.optional().meta({
        description: "PEM file of the certificates to trust for its `https://`. Left out: the system's.",
        example: "ca/marathon.pem",
      }),
    },
    { error: "is not a map with url, and a login if it needs one" },
  )
  .superRefine(({ url, user, password_env, token_env, ca_file }, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    if (user === undefined && password_env !== undefined) refuse("password_env", "needs a user beside it");
    if (user !== undefined && password_env === undefined) refuse("user", "needs a password_env beside it");
    if (user !== undefined && token_env !== undefined) refuse("token_env", "is a second login beside user");
    if (ca_file !== undefined && url.startsWith("http:"))
      refuse("ca_file", "has no effect: url does not begin with https://");
  })
  .optional()
  .meta({
    description:
      "The API of this Marathon, for families of `marathon`: with it the bot can offer to move tasks (docs/marathon.md). Only the worker calls it.",
    example: "{ url: https://marathon.example.com:8443 }",
  });
