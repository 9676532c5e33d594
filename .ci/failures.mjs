// What failed in one step, for the end of CI's log: `failures.mjs STEP OUTPUT TAP`. Each failed assertion under its file and titles,
// with what tap says of it; of a step without one, the end of its output.
import { existsSync, readFileSync } from 'node:fs';

const LINES_OF_AN_ASSERTION = 40;
const LINES_OF_A_STEP = 20;
/** A step in which everything failed is told by titles, so that the other steps stay in sight. */
const SHOWN_WHOLE = 20;

const [step, output, tap] = process.argv.slice(2);
const linesOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);

/** The assertions that failed, not the tests and files that failed by them. */
function failedAssertions(lines) {
  const failures = [];
  const titles = [];
  // how many failures there were when the subtest began that is open at each depth
  const before = [];
  for (const [at, line] of lines.entries()) {
    const depth = line.search(/\S/) / 4;
    const subtest = /^ *# Subtest: (.*)/.exec(line);
    if (subtest) {
      titles.length = before.length = depth;
      titles[depth] = subtest[1];
      before[depth] = failures.length;
    }
    const result = /^ *(?:not )?ok \d+(?: - (.*?))?(?: # time=.*)?$/.exec(line);
    if (!result) continue;
    const byItsOwn = before[depth] === undefined || before[depth] === failures.length;
    if (line.trimStart().startsWith('not ') && byItsOwn && !/ # (todo|skip)/i.test(line)) {
      failures.push([[...titles.slice(0, depth), result[1]].join(' > '), ...saidOf(lines, at)]);
    }
    titles.length = before.length = depth;
  }
  return failures;
}

/** The block of YAML below a result, without the lines of source, which the reader has. */
function saidOf(lines, result) {
  if (lines[result + 1]?.trim() !== '---') return [];
  const margin = lines[result + 1].search(/\S/);
  const said = [];
  let source = false;
  for (const line of lines.slice(result + 2)) {
    const text = line.slice(margin);
    if (text === '...') break;
    if (/^\S/.test(text)) source = text.startsWith('source:');
    if (!source) said.push(`  ${text}`);
  }
  return said;
}

function show(lines, most) {
  console.log(lines.slice(0, most).join('\n'));
  if (lines.length > most) console.log(`  … ${lines.length - most} lines more`);
}

const failures = failedAssertions(linesOf(tap));
for (const failure of failures.slice(SHOWN_WHOLE)) console.log(`== ${step} failed: ${failure[0]}`);
for (const failure of failures.slice(0, SHOWN_WHOLE)) {
  console.log(`\n== ${step} failed:`);
  show(failure, LINES_OF_AN_ASSERTION);
}
if (failures.length === 0) {
  console.log(`\n== ${step} failed; the end of what it said:`);
  console.log(linesOf(output).join('\n').trimEnd().split('\n').slice(-LINES_OF_A_STEP).join('\n'));
}
