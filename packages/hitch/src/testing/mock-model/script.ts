import type { RecordedRequest } from "./requests.ts";
import { status } from "./turns.ts";
import type { Turn } from "./turns.ts";

/**
 * What the model does, request by request. Plain turns are one sequence for all requests, whoever sends them, so that a
 * second attempt in a new session goes on where the first one failed. `byModel` gives every model its own turns and every
 * conversation its own place in them, so that parallel runs don't take each other's.
 */
export type Script = Turns | { readonly byModel: Readonly<Record<string, Turns>> };

/** One turn per request, or a function that chooses; its `index` counts from 0 in the sequence or the conversation. */
export type Turns = readonly Turn[] | ((request: RecordedRequest, index: number) => Turn | Promise<Turn>);

/** What happens after the last turn: it is repeated for ever, or the request is refused with status 400. */
export type Exhausted = "repeat" | "error";

/** Gives each request its turn, in the order of the calls. A fault of the script itself is a 400 that says so. */
export type Player = (request: RecordedRequest) => Promise<Turn>;

export function createPlayer(script: Script, exhausted: Exhausted): Player {
  const countBySequence = new Map<string, number>();

  return async (request) => {
    const { sequence, turns } = selectTurns(script, request);
    if (turns === undefined) {
      return status(404, { code: "model_not_found", message: `The model ${request.model} does not exist.` });
    }
    const index = countBySequence.get(sequence) ?? 0;
    countBySequence.set(sequence, index + 1);
    if (typeof turns !== "function") {
      const turn = turns[index] ?? (exhausted === "repeat" ? turns.at(-1) : undefined);
      return turn ?? refuse(`The script has ${turns.length} turns, this is request ${index + 1}.`);
    }
    try {
      return await turns(request, index);
    } catch (error) {
      return refuse(`The script threw at request ${index + 1}: ${String(error)}`);
    }
  };
}

function selectTurns(script: Script, request: RecordedRequest): { sequence: string; turns: Turns | undefined } {
  if (!("byModel" in script)) return { sequence: "all", turns: script };
  const turns = Object.hasOwn(script.byModel, request.model) ? script.byModel[request.model] : undefined;
  return { sequence: JSON.stringify([request.model, request.conversation]), turns };
}

function refuse(message: string): Turn {
  return status(400, { code: "script_error", message });
}
