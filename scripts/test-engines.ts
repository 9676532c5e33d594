import { testMongodbEngine } from './test-engines-mongodb.js';
import { testS3Engines } from './test-engines-s3.js';
import { testServiceEngines } from './test-engines-service.js';

/** `npm run test:engines`: the tables of the stand-ins and the tests of the service, run against engines of others as far as they can be had. */
const agrees = [await testMongodbEngine(), await testS3Engines(), await testServiceEngines()];
process.exitCode = agrees.every(Boolean) ? 0 : 1;
