/**
 * Has an agent work for somebody else: with a key of theirs, in a home of its own. Your configuration and logins don't count,
 * nor what the repository would have an agent load; its instructions do. The names are those of variables to hand over:
 *
 *     node examples/clean.ts claude-code ../their-repo "Fix the tests." ANTHROPIC_API_KEY
 */
import { harness } from "hitch";

const [agent = "opencode", cwd = ".", task = "Say hello.", ...names] = process.argv.slice(2);
const [provider = agent, model] = agent.split("=");
const env = Object.fromEntries(names.map((name) => [name, process.env[name]]));

const { text, session } = await harness(task, { provider, model, cwd, isolation: "clean", env });

console.log(`${text}\n`);
if (session) console.log(`To go on: hitch run --isolation clean -p ${provider} --session ${session.id}`);
