import { register } from 'node:module';

/*
 * Loaded before the service, it puts a stub in the place of one of its plugins: what a feature costs is measured without a switch for
 * it in the service.
 */
register('./resolve-stub.js', import.meta.url, { data: process.env.BENCH_WITHOUT });
