/** Loads with the form, not with the list. */

/** The value of a `datetime-local` input for a time of the API, in this device's time zone; empty if it is not a date. */
export function toLocalInput(text: string): string {
  const millis = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(millis)) return "";
  return new Date(millis - new Date(millis).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The API's time for the value of a `datetime-local` input, with a time zone. */
export const fromLocalInput = (text: string): string =>
  text === "" || Number.isNaN(Date.parse(text)) ? "" : new Date(text).toISOString().replace(/:00\.000Z$/, ":00Z");
