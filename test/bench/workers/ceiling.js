/** What nothing that reads JSON in a Worker can beat: the body parsed, and nothing done with it. */
const ceiling = {
  async fetch(request) {
    if (new URL(request.url).pathname === "/unread") return new Response("{}");
    await request.json();
    return new Response("{}");
  },
};

// oxlint-disable-next-line import/no-default-export -- a Worker is its module's default export
export default ceiling;
