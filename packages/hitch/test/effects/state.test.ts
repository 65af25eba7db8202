import { isAbsolute, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openState } from "../../src/effects/state.ts";
import { temporaryDirectory } from "../support/start.ts";

/** With relative variables nothing shall come to lie where the tests run. */
function inTemporaryDirectory(): string {
  const [before, directory] = [process.cwd(), temporaryDirectory()];
  process.chdir(directory);
  onTestFinished(() => process.chdir(before));
  return directory;
}

test("a relative XDG_STATE_HOME counts as none", () => {
  const home = inTemporaryDirectory();
  expect(openState({ HOME: home, XDG_STATE_HOME: "state" }).directory).toBe(join(home, ".local/state/hitch"));
});

test.each([{ HOME: "home" }, { HITCH_STATE_DIR: "state" }])("all paths are absolute with %j", (env) => {
  const directory = inTemporaryDirectory();
  const { active, homes } = openState(env);
  expect([isAbsolute(active), isAbsolute(homes), active.startsWith(directory)]).toEqual([true, true, true]);
});
