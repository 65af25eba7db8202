/** All tests run, also those that take many starts of a slow agent: `npm test -- --thorough`, as in CI. */
export const isThorough = process.env.HITCH_TEST_THOROUGH === "1";
