import { expect, test } from '../tabs/fixture.ts'
import { randomRun } from '../tabs/random-run.ts'

/** The same choices every day would find the same faults every day; the seed is in the report. */
const seed = Number(process.env.PAWKIT_TABS_SEED ?? Date.now() % 1_000_000)

for (const [operations, tag] of [
  [24, ''],
  [Number(process.env.PAWKIT_TABS_OPERATIONS ?? 220), '@long'],
] as const)
  test(`P7 ${operations} random operations on up to 10 tabs: never two writers, never long without one`, {
    tag: tag || [],
  }, async ({ scene }) => {
    test.setTimeout(60_000 + operations * 6000)
    const report = await randomRun(await scene(), { seed, operations, most: 10 })
    process.stdout.write(`tabs: ${report.lines.join('\n  ')}\n`)
    const replay = `PAWKIT_TABS_SEED=${seed} PAWKIT_TABS_OPERATIONS=${operations} makes the same choices`
    expect(report.faults, `${replay}\n${report.trace.join('\n')}`).toEqual([])
    expect(report.words, 'something was written').toBeGreaterThan(0)
  })
