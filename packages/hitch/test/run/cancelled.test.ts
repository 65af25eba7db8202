import { expect, test } from "vitest";
import { cancelledBy } from "../../src/run/cancelled.ts";

test.each([
  [undefined, "The run was cancelled."],
  ["SIGINT", "The run was cancelled: SIGINT."],
  ["cancelled by `hitch cancel`", "The run was cancelled by `hitch cancel`."],
  [new Error("The user left."), "The run was cancelled: The user left."],
  [{ any: "thing" }, "The run was cancelled."],
])("the reason %j is in the message: %s", (reason, message) => {
  const controller = new AbortController();
  controller.abort(reason);
  const cause: unknown = controller.signal.reason;
  expect(cancelledBy(controller.signal)).toMatchObject({ code: "cancelled", message, cause });
});
