/**
 * Has an agent work on a repository that nobody has read, in a sandbox: it may do there what it wants, and outside nothing.
 * Of the network it gets its model alone:
 *
 *     node examples/sandboxed.ts codex api.openai.com:443 ../their-repo "Set the project up and run its tests."
 */
import { harness } from "hitch";

const [agent = "opencode", model = "127.0.0.1:11434", cwd = ".", task = "Run the tests."] = process.argv.slice(2);
const [provider = agent, modelName] = agent.split("=");

const { text, permissions, changes } = await harness(task, {
  provider,
  model: modelName,
  cwd,
  permissions: "workspace",
  sandbox: { network: [model] },
});

console.log(`${text}\n\n${permissions.level}, enforced by ${permissions.enforcedBy}`);
for (const { change, path } of changes.files) console.log(`${change} ${path}`);
