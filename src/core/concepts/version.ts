/** Raised when a built-in concept's labels, or how cells are scored for it, change: what was found before says so then. */
export const conceptsVersion = 3;
