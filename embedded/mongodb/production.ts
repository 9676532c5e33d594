export function refuseProduction(): void {
  if (process.env.NODE_ENV !== 'production') return;
  throw new Error(
    'The embedded MongoDB is for development and tests; with NODE_ENV=production, set MONGODB_URI.',
  );
}
