/** Stands where a deployment serves the page's files: no figure here is about them. */
const page = { fetch: () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }) };

// oxlint-disable-next-line import/no-default-export -- a Worker is its module's default export
export default page;
