import { acpQwen } from "./subjects/acp-qwen.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(acpQwen);
