import type { Story } from "../story.ts";

export const research: Story = {
  name: "battery-market",
  namespace: "research",
  queries: [
    {
      name: "compare-suppliers",
      input: "Compare the three largest suppliers of sodium-ion cells by price, density and delivery time.",
      team: { name: "market-research", strategy: "selector" },
      turns: [
        {
          agent: "researcher",
          model: "gemini-3-pro",
          instructions: "You find primary sources and quote them with dates.",
          moves: [
            {
              thinks: 1.3,
              calls: [
                {
                  tool: "web_search",
                  type: "http",
                  input: { q: "sodium-ion cell supplier price per kWh 2026", max: 3 },
                  output: [
                    { title: "Supplier A opens second plant", price: 41, density: 160, weeks: 9 },
                    { title: "Supplier B lists grid cells", price: 38, density: 145, weeks: 14 },
                    { title: "Supplier C, automotive sample", price: 52, density: 178, weeks: 22 },
                  ],
                  takes: 1.6,
                },
              ],
            },
            {
              thinks: 0.9,
              calls: [
                {
                  tool: "fetch_page",
                  type: "http",
                  input: { url: "https://supplier-b.example/datasheet" },
                  error: { type: "HTTPError", message: "403 Forbidden" },
                  takes: 0.6,
                },
                {
                  tool: "fetch_page",
                  type: "http",
                  input: { url: "https://supplier-a.example/datasheet" },
                  output: "Energy density 160 Wh/kg · 4,000 cycles · 41 $/kWh above 10 MWh · 9 weeks",
                  takes: 1.2,
                },
              ],
            },
            {
              thinks: 1.4,
              says: "A: $41/kWh, 160 Wh/kg, 9 weeks (data sheet). B: $38, 145, 14 weeks (press; the data sheet is closed). C: $52, 178, 22 weeks (sample lots).",
            },
          ],
        },
        {
          agent: "analyst",
          model: "gpt-5.2",
          instructions: "You turn findings into a decision, and say what you do not know.",
          moves: [
            {
              thinks: 1,
              calls: [
                {
                  tool: "calculate",
                  type: "custom",
                  input: { expression: "(41 - 38) * 10000" },
                  output: 30000,
                  takes: 0.2,
                },
              ],
            },
            {
              thinks: 1.9,
              says: "For 10 MWh, choose A: $30,000 dearer than B but five weeks sooner, and the only one whose figures come from a data sheet. C only where weight decides. Unknown: B's cycle life.",
            },
          ],
        },
      ],
    },
  ],
};
