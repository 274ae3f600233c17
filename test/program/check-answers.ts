/** Setup of the tests over HTTP: each JSON answer of the program is checked against its schema. */
import { checkedResponse } from "../api/answers.ts";

const ask = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const { url, method } = input instanceof Request ? input : { url: String(input), method: "GET" };
  return await checkedResponse(init?.method ?? method, url, await ask(input, init));
};
