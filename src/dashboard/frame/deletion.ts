import { computed, signal } from "@preact/signals";

export type Deletion = {
  readonly id: string;
  readonly title: string;
  readonly state: "pending" | { readonly failed: string };
};

/** What was just deleted, or could not be. */
export const deletion = signal<Deletion | undefined>(undefined);

/** The session that is about to be deleted: no list shows it. */
export const deletingId = computed(() => (deletion.value?.state === "pending" ? deletion.value.id : undefined));
