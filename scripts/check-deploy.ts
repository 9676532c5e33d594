/*
 * Checks what is deployed beside the service, with the programs that read it, as far as this machine has them: alert rules and
 * their tests, the compose file, the balancer's settings. What cannot be checked here is said.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMain } from './run.js';

type Command = [program: string, ...args: string[]];

interface Check {
  what: string;
  /** The first of them that is installed is used. */
  by: Command[];
}

/** Whether nothing that could be checked is wrong. */
function checkDeploy(folder: string): boolean {
  const checks: Check[] = [
    { what: 'the alert rules', by: [['promtool', 'check', 'rules', 'deploy/prometheus/alerts.yml']] },
    {
      what: "the alert rules' tests",
      by: [['promtool', 'test', 'rules', 'deploy/prometheus/alerts.test.yml']],
    },
    {
      what: "Prometheus's settings",
      by: [['promtool', 'check', 'config', 'deploy/prometheus/prometheus.yml']],
    },
    {
      what: 'the compose file',
      by: [
        ['docker', 'compose', 'config', '--quiet'],
        ['docker-compose', 'config', '--quiet'],
      ],
    },
    { what: "nginx's settings", by: [['nginx', '-t', '-q', '-c', nginxConfig(folder)]] },
  ];
  return checks.map(perform).every(Boolean);
}

function perform({ what, by }: Check): boolean {
  for (const [program, ...args] of by) {
    if (!isThere(program, args)) continue;
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) console.error(`${what}: ${program} says\n${stdout}${stderr}`);
    else console.log(`${what}: right, says ${program}`);
    return status === 0;
  }
  console.log(`Skipped: ${what}, since this machine has no ${by.map(([program]) => program).join(' or ')}`);
  return true;
}

// `docker compose` is a plugin, which may be missing where `docker` is not.
function isThere(program: string, [first = '']: string[]): boolean {
  const asked = first === 'compose' ? [first, 'version'] : ['--help'];
  const { error, status } = spawnSync(program, asked, { stdio: 'ignore' });
  return error === undefined && (first !== 'compose' || status === 0);
}

// The file is a part of a configuration, and names a machine that is not here.
function nginxConfig(folder: string): string {
  const site = readFileSync('deploy/nginx/concierge.conf', 'utf8').replace('service:4400', '127.0.0.1:4400');
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, `pid ${folder}/nginx.pid;\nevents {}\nhttp {\n${site}\n}\n`);
  return file;
}

if (isMain(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), 'concierge-deploy-'));
  process.exitCode = checkDeploy(folder) ? 0 : 1;
  rmSync(folder, { recursive: true, force: true });
}
