/**
 * What the process of `npm start` says of the disk under the runtime's databases: errors inside objects say less, or nothing.
 * A deployment has no such disk. One sentence or more for a person, without paths.
 */
export type DiskReport = { readonly problem?: "full" | "damaged"; readonly detail?: string };
