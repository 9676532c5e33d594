/** Tests of the service that come out otherwise against a server of others, by `file: title`, and why. */
export const SERVICE_DIFFERENCES: Record<string, { tests: RegExp; reason: string }[]> = {};
