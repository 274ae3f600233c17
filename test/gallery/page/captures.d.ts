/** Made by the build of the gallery from test/fixtures: `CapturedSession`s. */
declare module "virtual:captured-sessions" {
  export const sessions: readonly unknown[];
}
