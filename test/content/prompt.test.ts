import { expect, test } from "vitest";
import { withoutContext } from "../../src/content/prompt.ts";

test.each([
  ["<system-reminder>Be brief.</system-reminder>\nBook a table", "Book a table"],
  ["<context>a file</context> Book a table", "Book a table"],
  ["<system-reminder>\nBe brief, and the text was cut here", "Be brief, and the text was cut here"],
  ["<b>Hi</b> there", "<b>Hi</b> there"],
  ["<h1>Menu</h1><p>Translate this</p>", "<h1>Menu</h1><p>Translate this</p>"],
  ["<user_query>Book a table</user_query>", "Book a table"],
  ["Is a < b?", "Is a < b?"],
])("of %j the user's words are %j", (text, words) => {
  expect(withoutContext(text).trim()).toBe(words);
});
