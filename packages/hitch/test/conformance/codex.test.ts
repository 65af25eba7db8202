import { codex } from "./subjects/codex.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(codex);
