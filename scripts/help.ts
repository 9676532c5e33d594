import { readFileSync } from 'node:fs';

/**
 * Imported first by a script that takes no commands of its own: with `--help` it prints what the script says of itself in its first
 * comment, and does nothing else.
 */
if (process.argv.includes('--help') || process.argv.includes('-h')) {
  const [comment = ''] = /\/\*[\s\S]*?\*\//.exec(readFileSync(process.argv[1] ?? '', 'utf8')) ?? [];
  console.log(
    comment
      .replace(/^ ?(\/\*\*?|\*\/|\*) ?/gm, '')
      .replace(/ ?\*\/$/, '')
      .trim(),
  );
  process.exit(0);
}
