// What is said after anything was saved.

/** An isolate asks for a newer configuration every half minute; KV may take as long to have it. */
export const LIVE = "Live on this edge now, everywhere within about a minute.";
