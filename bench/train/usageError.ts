/** What the user asked for in vain, in words. */
export class UsageError extends Error {}
