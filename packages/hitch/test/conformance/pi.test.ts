import { pi } from "./subjects/pi.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(pi);
