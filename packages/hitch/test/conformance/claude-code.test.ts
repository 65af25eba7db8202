import { claudeCode } from "./subjects/claude-code.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(claudeCode);
