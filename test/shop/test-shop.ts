/*
 * The service on a shop's database in its three ages, on the embedded MongoDB and on one of others:
 *
 *   npm run test:shop
 */
import { spawn } from 'node:child_process';
import { PROGRAMS, startEngine } from '../outside/engines.js';
import { Absent } from '../outside/install.js';

const FILES = ['test/shop/ages.ts', 'test/shop/documents.test.ts'];
const ENGINE = 'mongo-java-server';

function test(env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  const args = ['node_modules/.bin/tap', '--disable-coverage', '--timeout=600', ...FILES];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve) => child.on('close', (code) => resolve(code === 0)));
}

async function testOutside(): Promise<boolean> {
  const program = PROGRAMS.find(({ name }) => name === ENGINE);
  if (!program) throw new Error(`There is no ${ENGINE} among the engines`);
  const engine = await startEngine(program).catch((error) => {
    if (error instanceof Absent) return undefined;
    throw error;
  });
  if (!engine) {
    console.log(`${ENGINE} cannot be had here (${program.about}): not tried`);
    return true;
  }
  console.log(`On ${ENGINE} ${program.version}:`);
  try {
    // it builds partial indexes as whole ones, and cannot drop a database after an index: the newest age has both
    return await test({
      TEST_MONGODB_URI: `mongodb://127.0.0.1:${engine.port}/`,
      TEST_SHOP_AGES: 'first,unified',
    });
  } finally {
    await engine.stop();
  }
}

const isRight = await test();
if (!(await testOutside()) || !isRight) process.exitCode = 1;
