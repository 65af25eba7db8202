import { gemini } from "./subjects/gemini.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(gemini);
