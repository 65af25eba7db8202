import { kilo } from "./subjects/kilo.ts";
import { testSubject } from "./support/test-subject.ts";

testSubject(kilo);
