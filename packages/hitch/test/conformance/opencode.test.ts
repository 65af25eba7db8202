import { opencode } from "./subjects/opencode.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(opencode);
