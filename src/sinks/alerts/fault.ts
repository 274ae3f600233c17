/** What is wrong with a body with settings: English, one sentence without its full stop. It names no secret. */
export class Fault extends Error {}
