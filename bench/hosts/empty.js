// A module with nothing in it, to compare with.
export {};
