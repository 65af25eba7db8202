import { acpCopilot } from "./subjects/acp-copilot.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(acpCopilot);
