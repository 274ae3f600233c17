import type { Story } from "../story.ts";

export const release: Story = {
  name: "release-4-0",
  namespace: "platform",
  queries: [
    {
      name: "plan-the-release",
      input: "Is 4.0 ready to ship on Thursday? List what blocks it and who should act.",
      team: { name: "release-planning", strategy: "round-robin" },
      turns: [
        {
          agent: "planner",
          model: "gpt-5.2",
          instructions: "You plan releases. Collect open work first, then order it.",
          moves: [
            {
              thinks: 1.2,
              calls: [
                {
                  tool: "list_issues",
                  type: "mcp",
                  input: { milestone: "4.0", state: "open" },
                  output: [
                    { id: 1841, title: "Migration guide lacks the new auth flow", label: "docs" },
                    { id: 1852, title: "Windows build fails on long paths", label: "bug" },
                    { id: 1857, title: "Deprecation warnings are printed twice", label: "bug" },
                  ],
                  takes: 0.7,
                },
                {
                  tool: "ci_status",
                  type: "http",
                  input: { branch: "release/4.0" },
                  output: { linux: "passed", macos: "passed", windows: "failed" },
                  takes: 1.1,
                },
              ],
            },
            {
              thinks: 1.5,
              says: "Three issues are open, and the Windows build is red because of #1852. Only #1852 and #1841 can block a release.",
            },
          ],
        },
        {
          agent: "tester",
          model: "claude-haiku-4-5",
          instructions: "You verify claims by running things.",
          moves: [
            {
              thinks: 0.8,
              calls: [
                {
                  tool: "run_suite",
                  type: "custom",
                  input: { platform: "windows", filter: "paths" },
                  error: { type: "AssertionError", message: "expected 'C:\\…\\long' to exist: path of 287 characters" },
                  takes: 2.4,
                },
              ],
            },
            {
              thinks: 1.1,
              says: "Reproduced: `paths` fails with a path of 287 characters, on Windows only. Enabling `longPathAware` in the manifest makes it pass.",
            },
          ],
        },
        {
          agent: "planner",
          model: "gpt-5.2",
          instructions: "You plan releases. Collect open work first, then order it.",
          moves: [
            {
              thinks: 1.8,
              says: "Not yet, but Thursday holds if two things land by Wednesday noon:\n\n1. #1852 (platform): set `longPathAware`, one line, fix verified.\n2. #1841 (docs): two paragraphs on the new auth flow.\n\n#1857 is noise and can wait for 4.0.1.",
            },
          ],
        },
      ],
    },
    {
      name: "announce",
      input: "Draft the first paragraph of the release notes.",
      turns: [
        {
          agent: "scribe",
          model: "gpt-5-mini",
          instructions: "You write release notes that people read.",
          moves: [
            {
              thinks: 1.6,
              says: "4.0 signs you in without passwords, starts in half the time, and drops everything that 3.x had been warning about. Most projects upgrade by changing one line.",
            },
          ],
        },
      ],
    },
  ],
};
