/** The subjects of the conformance suite, for tests of what it does not cover. */
import type { Endpoint as SubjectEndpoint, ModelMessage, Subject } from "../../../src/testing/index.ts";
import { codex as codexSubject } from "../../conformance/subjects/codex.ts";
import { opencode as opencodeSubject } from "../../conformance/subjects/opencode.ts";
import { pi as piSubject } from "../../conformance/subjects/pi.ts";
import { tier } from "../../support/tier.ts";

export type { Place } from "../../../src/testing/index.ts";

/** What the endpoint's entry in the agent's configuration says. */
export type Endpoint = Omit<SubjectEndpoint, "url">;

export interface RealAgent extends Omit<Subject, "configure"> {
  readonly id: "opencode" | "pi" | "codex";
  /** As the subject's, for a base URL with `/v1`. */
  configure(...parameters: Configuring): Record<string, string>;
}

type Configuring = [Parameters<Subject["configure"]>[0], Endpoint, Record<string, unknown>?];

const opencode = realAgent("opencode", opencodeSubject);
const pi = realAgent("pi", piSubject);
const codex = realAgent("codex", codexSubject);

/** For tables: every test of the contract holds for all. Codex has the conformance tests of CI, and these in `npm run test:all`. */
export const agents: readonly RealAgent[] = tier === "all" ? [opencode, pi, codex] : [opencode, pi];
export const agentById = { opencode, pi, codex } as const;

/** Whether the user or the model said it in the conversation. Codex tells the model first where it is, as its user. */
export function isConversation({ role, text }: ModelMessage): boolean {
  return role !== "system" && !text.startsWith("<environment_context>");
}

function realAgent(id: RealAgent["id"], subject: Subject): RealAgent {
  return {
    ...subject,
    id,
    configure: (place, endpoint, more) => {
      const url = endpoint.baseUrl.replace(/\/v1$/, "");
      return { ...subject.configure(place, { url, ...endpoint }, more) };
    },
  };
}
