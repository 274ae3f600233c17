import { expect, test } from "vitest";
import { conversationPrompt, quickPromptLine, withoutContext } from "../../src/content/prompt.ts";

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

/** A conversation as producers write it, in their own order of fields. */
const said = (head: string, text: string): string => `[{${head}${JSON.stringify(text)}}]`;

test.each([
  [said('"role":"user","content":', "Book a table"), "Book a table"],
  [said('"role":"user","content":', "Book another"), "Book another"],
  [said('"role":"user","content":', 'Book "The Ship"'), 'Book "The Ship"'],
  [said('"role":"user","content":', "first line\nsecond line"), "first line"],
  [said('"role":"user","content":', "<system-reminder>Be brief.</system-reminder>Book a table"), "Book a table"],
  [said('"role": "user", "content": ', "Book a table"), "Book a table"],
  [said('"role":"user","parts":[{"type":"text","content":', "Book").replace("}]", "}]}]"), "Book"],
  [said('"role":"user","parts":[{"type":"text","content":', "a table").replace("}]", "}]}]"), "a table"],
  ['[{"role":"user","content":"First"},{"role":"user","content":"Second"}]', "First"],
  [
    '[{"role":"user","content":"First"},{"role":"assistant","content":"Yes"},{"role":"user","content":"Second"}]',
    "Second",
  ],
  ['[{"role":"user","content":"First"},{"role":"user","content":[{"type":"tool_result","content":"Done"}]}]', "First"],
])("the prompt in %s is %j, also when such messages came before", (conversation, prompt) => {
  expect(conversationPrompt({ stringValue: conversation }, 160)).toBe(prompt);
  for (const _ of ["a new form of message", "a known one"]) expect(quickPromptLine(conversation, 160)).toBe(prompt);
});

test.each([
  '[{"role":"user","content":""}]',
  '[{"role":"user","content":"Write a title for this conversation:"}]',
  '[{"role":"user","content":[{"type":"image","content":"iVBORw0KGgo"}]}]',
  '[{"content":"Book a table","role":"user"}]',
])("of %s the quick look says nothing, whatever came before", (conversation) => {
  quickPromptLine(said('"role":"user","content":', "Book a table"), 160);
  expect(quickPromptLine(conversation, 160)).toBeUndefined();
});
