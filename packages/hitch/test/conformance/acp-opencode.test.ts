import { acpOpencode } from "./subjects/acp-opencode.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(acpOpencode);
