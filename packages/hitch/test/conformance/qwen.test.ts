import { qwen } from "./subjects/qwen.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(qwen);
