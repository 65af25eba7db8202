/** All behaviours, in the order in which the matrix shows them. */
import { additionBehaviours } from "./additions.ts";
import type { Behaviour } from "./behaviour.ts";
import { cleanBehaviours } from "./clean.ts";
import { endingBehaviours } from "./ending.ts";
import { environmentBehaviours } from "./environment.ts";
import { failureBehaviours } from "./failures.ts";
import { limitBehaviours } from "./limits.ts";
import { outputBehaviours } from "./output.ts";
import { parallelBehaviours } from "./parallel.ts";
import { permissionBehaviours } from "./permissions.ts";
import { promptBehaviours } from "./prompts.ts";
import { sessionBehaviours } from "./sessions.ts";
import { systemPromptBehaviours } from "./system-prompt.ts";
import { textBehaviours } from "./text.ts";
import { toolBehaviours } from "./tools.ts";

/** What any provider is held to. `openBench` says how to run them. */
export const behaviours: readonly Behaviour[] = [
  ...textBehaviours,
  ...toolBehaviours,
  ...outputBehaviours,
  ...systemPromptBehaviours,
  ...permissionBehaviours,
  ...sessionBehaviours,
  ...additionBehaviours,
  ...promptBehaviours,
  ...failureBehaviours,
  ...limitBehaviours,
  ...endingBehaviours,
  ...parallelBehaviours,
  ...environmentBehaviours,
  ...cleanBehaviours,
];
