import { vi } from "vitest";
import { agentById } from "../support/agents.ts";
import { testProcessLife } from "../support/process-life.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

testProcessLife(agentById.pi);
