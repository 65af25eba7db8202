/** The promises of a run's events: each is one of the published schema, they are numbered without gaps, and they end once. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { HitchEvent } from "../../vocabulary/events.ts";
import { hold } from "./behaviour.ts";

/** Throws what is wrong with the events of a run that is over. */
export function checkEvents(events: readonly HitchEvent[]): void {
  const [first] = events;
  for (const [index, event] of events.entries()) {
    hold(event.seq === index, `Event ${index} should have seq ${index}`, event);
    hold(event.runId === first?.runId, "All events should be of one run", event);
    hold(new Date(event.time).toISOString() === event.time, "The time should be ISO 8601 in UTC", event.time);
    checkForm(event);
  }
  const finishes = events.filter(({ type }) => type === "run-finish");
  hold(finishes.length === 1 && events.at(-1) === finishes[0], "There should be one run-finish, the last event");
}

function checkForm(event: HitchEvent): void {
  // What a reader of JSON lines sees: `undefined` fields are gone.
  const seen: unknown = JSON.parse(JSON.stringify(event));
  validate ??= compile();
  if (validate(seen)) return;
  const problems = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  hold(false, `An event should be one of events.schema.json (${problems.slice(0, 5).join("; ")})`, seen);
}

let validate: ReturnType<typeof compile> | undefined;

/** The package has the schema at its root, as far above the sources as above what is built of them. */
function compile() {
  const { Ajv2020 } = createRequire(import.meta.url)("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  const schema: unknown = JSON.parse(readFileSync(new URL("../../../events.schema.json", import.meta.url), "utf8"));
  return new Ajv2020({ allowUnionTypes: true }).compile(schema as object);
}
