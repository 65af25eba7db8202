import { copilot } from "./subjects/copilot.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(copilot);
