import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowser } from './browser.ts'
import { buildClient } from './build.ts'
import { check } from './check.ts'
import { browserCounts, type Counts, unitCounts } from './results.ts'

/**
 * `npm test`: types, lint, the build, unit and store tests, the simulator, then the real browser. Non-zero if anything
 * failed, or if the tests have not run what the worker and the store do when something fails (vitest.config.ts). What
 * is tagged `@long` there is left to `npm run test:long`, which runs nothing else: together they would take longer than
 * a person, or a CI of two cores, waits.
 */

/** Whose tests must run every branch of store and worker. */
const COVERED = ['tests/sw', 'tests/store']
const root = fileURLToPath(new URL('..', import.meta.url))

function run(tool: string, args: string[], env: NodeJS.ProcessEnv = process.env): boolean {
  return (
    spawnSync(`${root}node_modules/.bin/${tool}`, args, { cwd: root, stdio: 'inherit', env }).status === 0
  )
}

try {
  // A browser that cannot be had is said before minutes of other tests.
  const browser = await findBrowser()
  process.stdout.write(`browser: ${browser}\n`)
  if (process.argv.includes('--long')) process.exit(await long(browser))
  const checked = check()
  await buildClient()
  // A caller's NODE_ENV=production is for the app, not for the test runners.
  const env = { ...process.env, NODE_ENV: 'test', PAWKIT_CHROMIUM: browser }
  const results = mkdtempSync(join(tmpdir(), 'pawkit-test-'))
  const [storeJson, unitJson, realJson] = ['store', 'unit', 'browser'].map((name) =>
    join(results, `${name}.json`),
  ) as [string, string, string]
  // V8 has been seen to lose single branches that did run, on a busy machine; `npm run coverage` allows for none.
  const covered = ['--coverage', '--coverage.thresholds.branches=99.5']
  const vitest = (json: string, ...args: string[]): boolean =>
    run('vitest', ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile=${json}`], env)
  // Only these are counted: the others run the same code, and slower so.
  const stored = vitest(storeJson, ...covered, ...COVERED)
  const unit = vitest(unitJson, ...COVERED.map((folder) => `--exclude=${folder}/**`)) && stored
  const simulated = simulate()
  const real = run('playwright', ['test', '--grep-invert', '@long', '--reporter=list,json'], {
    ...env,
    PLAYWRIGHT_JSON_OUTPUT_NAME: realJson,
  })
  const counts = [unitCounts(storeJson), unitCounts(unitJson), simulated, browserCounts(realJson)]
  rmSync(results, { recursive: true })
  // Named once more at the end: who keeps only the last lines of a run must be able to tell what failed.
  for (const name of counts.flatMap(({ names }) => names)) process.stdout.write(`FAILED: ${name}\n`)
  if (!stored && counts[0]?.names.length === 0)
    process.stdout.write(
      'FAILED: tests/sw, tests/store: branches that no test runs, or an error outside of a test\n',
    )
  const total = (key: 'passed' | 'failed'): number => counts.reduce((sum, count) => sum + count[key], 0)
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`)
  process.stdout.write(
    `${summary({ 'types and lint': checked, 'unit, store and server': unit, simulation: simulated.failed === 0, browser: real })}\n`,
  )
  process.exitCode = checked && unit && simulated.failed === 0 && real ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

/** The browser tests that `npm test` leaves out. */
async function long(browser: string): Promise<number> {
  await buildClient()
  const env = { ...process.env, NODE_ENV: 'test', PAWKIT_CHROMIUM: browser }
  return run('playwright', ['test', '--grep', '@long'], env) ? 0 : 1
}

/** As many seeded runs as a minute allows, at least a hundred (tests/sim). */
function simulate(): Counts {
  const args = [`${root}scripts/simulate.ts`, '--runs', '100', '--seconds', '60', '--jobs', '2']
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  process.stdout.write(stdout)
  const told = /simulation: (\d+) runs .* clean, (\d+) failed/.exec(stdout)
  const failed = Number(told?.[2] ?? 1)
  const names = [...stdout.matchAll(/^seed \d+ FAILED .*/gm)].map(([line]) => line)
  if (status !== 0 && names.length === 0) names.push('the simulation ended before it was through')
  return { passed: Number(told?.[1] ?? 0), failed: status === 0 ? failed : Math.max(1, failed), names }
}

function summary(parts: Record<string, boolean>): string {
  return Object.entries(parts)
    .map(([name, passed]) => `${passed ? 'passed' : 'FAILED'}: ${name}`)
    .join('\n')
}
