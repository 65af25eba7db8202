import { cline } from "./subjects/cline.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(cline);
