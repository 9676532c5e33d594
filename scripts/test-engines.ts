import { testMongodbEngine } from './test-engines-mongodb.js';
import { testS3Engines } from './test-engines-s3.js';

/** `npm run test:engines`: the tables of the stand-ins, run against engines of others as far as they can be had. */
const [mongodb, s3] = [await testMongodbEngine(), await testS3Engines()];
process.exitCode = mongodb && s3 ? 0 : 1;
