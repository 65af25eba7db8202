import { expect, test, vi } from "vitest";
import { harness } from "../../../src/harness.ts";
import type { HarnessOptions } from "../../../src/run/options.ts";
import { startMockModel, text } from "../../../src/testing/index.ts";
import { agentExecutable } from "../../support/agents.ts";
import { agentById } from "../support/agents.ts";
import { agentsTemp, freshPlace } from "../support/run-agent.ts";

vi.setConfig({ testTimeout: 200_000 });

test.each(Object.values(agentById))(
  "a session of $id in a home of its own is branched off into another",
  async (agent) => {
    const { cwd } = freshPlace();
    await using model = await startMockModel({ script: (_, index) => text(`Answer ${index}.`) });
    const { env, ...given } = agent.configureByOptions?.({ url: model.url, baseUrl: model.baseUrl }) ?? {};
    const options: HarnessOptions = {
      model: agent.model,
      ...given,
      provider: agent.provider,
      executable: agentExecutable(agent.executable),
      isolation: "clean",
      permissions: "unrestricted",
      cwd,
      timeouts: { total: 180_000 },
      env: { TMPDIR: agentsTemp, ...env },
    };
    const { session } = await harness("My name is Ada.", options);
    const branch = await harness("What is my name?", { ...options, session, fork: true });
    const { text: last } = await harness("And again?", { ...options, session: branch.session });
    expect(last).toBe("Answer 2.");
    const heard = JSON.stringify(model.requests.at(-1)?.body);
    for (const words of ["Ada", "What is my name?", "And again?"]) expect(heard).toContain(words);
  },
);
