/** The keys that pi (0.87.1) takes from its environment, and how its commands do without them. */
import type { Command, RunRequest } from "../../provider.ts";

/** Not `HF_TOKEN`, `CLOUDFLARE_API_KEY` and those of AWS, which commands need for other things. */
const keyVariables: readonly string[] = [
  ...["ANTHROPIC_API_KEY", "ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
  ...["OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_CLOUD_API_KEY", "OPENROUTER_API_KEY"],
  ...["DEEPSEEK_API_KEY", "MISTRAL_API_KEY", "XAI_API_KEY", "META_API_KEY", "NVIDIA_API_KEY", "ANT_LING_API_KEY"],
  ...["GROQ_API_KEY", "CEREBRAS_API_KEY", "FIREWORKS_API_KEY", "TOGETHER_API_KEY", "BASETEN_API_KEY"],
  ...["AI_GATEWAY_API_KEY", "OPENCODE_API_KEY", "RADIUS_API_KEY", "COPILOT_GITHUB_TOKEN"],
  ...["MOONSHOT_API_KEY", "KIMI_API_KEY", "ZAI_API_KEY", "ZAI_CODING_CN_API_KEY"],
  ...["MINIMAX_API_KEY", "MINIMAX_CN_API_KEY", "QWEN_TOKEN_PLAN_API_KEY", "QWEN_TOKEN_PLAN_CN_API_KEY"],
  ...["XIAOMI_API_KEY", "XIAOMI_TOKEN_PLAN_CN_API_KEY"],
  ...["XIAOMI_TOKEN_PLAN_AMS_API_KEY", "XIAOMI_TOKEN_PLAN_SGP_API_KEY"],
];

/**
 * An extension that leaves the keys where they are, but out of every list of the variables, from which each process
 * that pi starts gets its own. What asks for a key by its name finds it: pi, its `models.json`, the user's extensions.
 */
const hideKeys = `export default () => {
  const keys = new Set(${JSON.stringify(keyVariables)});
  const ownKeys = (env) => Reflect.ownKeys(env).filter((name) => !keys.has(name));
  process.env = new Proxy(process.env, { ownKeys });
};
`;

/** Nothing where there is no key to hide. */
export function keyParts({ env, scratch }: RunRequest): Required<Pick<Command, "args" | "files">> {
  if (!keyVariables.some((name) => env[name])) return { args: [], files: {} };
  const name = "hide-keys.js";
  return { args: ["--extension", `${scratch}/${name}`], files: { [name]: hideKeys } };
}
