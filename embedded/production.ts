/** The one guard: whatever starts a stand-in comes through here. */
export function refuseProduction(): void {
  if (process.env.NODE_ENV !== 'production') return;
  throw new Error(
    'The embedded MongoDB and S3 are for development and tests, and do not start with NODE_ENV=production: set MONGODB_URI and the S3_ settings.',
  );
}
