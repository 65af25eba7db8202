/** For tests of providers and of programs that call Hitch: a model that does what a script says, and what any provider is held to. */
export type { Behaviour, Finding } from "./conformance/behaviour.ts";
export { behaviours } from "./conformance/behaviours.ts";
export { openBench, type Bench, type BenchOptions } from "./conformance/bench.ts";
export type { Ran } from "./conformance/ran.ts";
export type { Call, Scene, Stage } from "./conformance/stage.ts";
export { mockKey, type Endpoint, type Place, type Subject, type ToolCalls } from "./conformance/subject.ts";
export { refusedUrl } from "./mock-model/refused-url.ts";
export type { ExchangeEnd, RecordedRequest, RequestPredicate, WaitOptions } from "./mock-model/requests.ts";
export type { ModelMessage, ModelRequest, ProtocolId } from "./mock-model/protocols/protocol.ts";
export type { Exhausted, Script, Turns } from "./mock-model/script.ts";
export { startMockModel } from "./mock-model/server.ts";
export type { MockModel, MockModelOptions } from "./mock-model/server.ts";
export { fault, status, text, toolCall } from "./mock-model/turns.ts";
export type {
  AnswerTurn,
  Fault,
  FaultTurn,
  Finish,
  StatusTurn,
  TokenCounts,
  ToolCall,
  Turn,
} from "./mock-model/turns.ts";
