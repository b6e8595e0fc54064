import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BROWSER_FLAGS } from '../../scripts/browser.ts'
import { chaos } from './run.ts'

/** `npm run chaos -- --minutes N --seed N`; started by scripts/chaos.ts, which finds the browser and builds. */
const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes ?? 5)
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const executablePath = process.env.PAWKIT_CHROMIUM
const say = (line: string): void => void process.stdout.write(`${line}\n`)

say(`chaos: seed ${seed}, ${minutes} min`)
const report = await chaos({
  seed,
  ms: minutes * 60_000,
  launch: { args: [...BROWSER_FLAGS], ...(executablePath ? { executablePath } : {}) },
  hurried: false,
  say,
})
for (const line of report.lines) say(line)
if (report.faults.length > 0) {
  const folder = join(import.meta.dirname, '../../test-results')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `chaos-${seed}.txt`)
  writeFileSync(file, report.faults.join('\n\n'))
  for (const fault of report.faults) say(`\n${fault}`)
  say(`\nFAILED: ${report.faults.length} faults with seed ${seed}, also in ${file}`)
  process.exitCode = 1
}
