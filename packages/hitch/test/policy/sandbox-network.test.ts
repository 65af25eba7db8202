import { describe, expect, test } from "vitest";
import { hostsFile, needsLowPort, parseEndpoint, placeEndpoints } from "../../src/policy/sandbox-network.ts";

describe("an endpoint is name:port:", () => {
  test.each([
    ["api.openai.com:443", { host: "api.openai.com", port: 443 }],
    ["API.OpenAI.com:443", { host: "api.openai.com", port: 443 }],
    ["localhost:11434", { host: "localhost", port: 11434 }],
    ["127.0.0.1:65535", { host: "127.0.0.1", port: 65535 }],
    ["127.0.0.300:80", undefined],
    ["10.0.0.1:80", undefined],
    ["[::1]:80", undefined],
    ["api.openai.com", undefined],
    ["api.openai.com:", undefined],
    ["api.openai.com:0", undefined],
    ["api.openai.com:65536", undefined],
    ["https://api.openai.com:443", undefined],
    ["a b:80", undefined],
    ["a\n127.0.0.1 b:80", undefined],
    ["-a:80", undefined],
    [":80", undefined],
    ["*:443", undefined],
  ])("%j", (text, expected) => {
    expect(parseEndpoint(text)).toEqual(expected);
  });
});

test("each name has an address of its own, and one of the loopback device stands for itself", () => {
  const endpoints = ["a.example:443", "b.example:443", "a.example:80", "localhost:1", "127.0.0.1:1", "127.0.0.7:2"].map(
    (text) => parseEndpoint(text) ?? { host: "", port: 0 },
  );
  const placed = placeEndpoints(endpoints);
  expect(placed.map(({ address, port }) => `${address}:${port}`)).toEqual([
    "127.9.0.1:443",
    "127.9.0.2:443",
    "127.9.0.1:80",
    "127.0.0.1:1",
    "127.0.0.7:2",
  ]);
  expect(hostsFile(placed)).toBe("127.0.0.1 localhost\n127.9.0.1 a.example\n127.9.0.2 b.example\n");
});

test("300 names have 300 addresses", () => {
  const placed = placeEndpoints(Array.from({ length: 300 }, (_, index) => ({ host: `h${index}.example`, port: 443 })));
  expect(new Set(placed.map(({ address }) => address)).size).toBe(300);
});

test.each([
  [[443, 8080], true],
  [[8080], false],
  [[1024], false],
  [[], false],
])("ports %j need a right: %s", (ports, expected) => {
  expect(needsLowPort(ports.map((port) => ({ host: "a", port })))).toBe(expected);
});
