import { expect, test } from '../tabs/fixture.ts'
import { randomRun } from '../tabs/random-run.ts'

/** The same choices every day would find the same faults every day; the seed is in the report. */
const seed = Number(process.env.PAWKIT_TABS_SEED ?? Date.now() % 1_000_000)

const total = Number(process.env.PAWKIT_TABS_OPERATIONS ?? 220)

/** Half of the operations are enough to open all tabs. */
const share = (most: number, of: number): number => Math.max(2 * most, Math.round(total * of))

for (const [most, operations, tag] of [
  [10, 24, ''],
  [2, share(2, 0.15), '@long'],
  [3, share(3, 0.2), '@long'],
  [10, share(10, 0.65), '@long'],
] as const)
  test(`P7 ${operations} random operations on up to ${most} tabs: never two writers, never long without one`, {
    tag: tag || [],
  }, async ({ scene }) => {
    test.setTimeout(60_000 + operations * 6000)
    const full = tag === '@long'
    const report = await randomRun(await scene(), { seed, operations, most, full })
    process.stdout.write(`tabs: ${report.lines.join('\n  ')}\n`)
    const replay = `PAWKIT_TABS_SEED=${seed} PAWKIT_TABS_OPERATIONS=${total} makes the same choices`
    expect(report.faults, `${replay}\n${report.trace.join('\n')}`).toEqual([])
    expect(report.words, 'something was written').toBeGreaterThan(0)
    if (full) expect(report.reached, 'all tabs were open at once').toBe(most)
  })
