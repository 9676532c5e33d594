/** Why a process cannot start, in a sentence for whoever operates it: it is shown without a stack. */
export class StartError extends Error {}
