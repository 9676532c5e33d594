// The server in a process of its own, to be killed: serve.ts <folder> [compactAbove].
import { listen } from '../../mongodb/server.js';

const [path = '', compactAbove] = process.argv.slice(2);
try {
  const { uri, loadMs } = await listen({
    path,
    compactAbove: compactAbove ? Number(compactAbove) : undefined,
  });
  console.log(JSON.stringify({ uri, loadMs }));
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  process.exitCode = 1;
}
