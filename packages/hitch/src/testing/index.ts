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
