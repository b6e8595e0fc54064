import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MUTANTS, type Mutant } from './mutants.ts'
import { run } from './run.ts'
import { scheduleOf } from './steps.ts'

const SIMULATE = join(import.meta.dirname, '../../scripts/simulate.ts')

/** `npm run simulate` in a process of its own, as it is run by hand. */
function simulate(...args: string[]): { readonly code: number | null; readonly out: string } {
  const { status, stdout } = spawnSync(process.execPath, [SIMULATE, ...args], { encoding: 'utf8' })
  return { code: status, out: stdout }
}

describe('the simulator', () => {
  test('the same seed, the same trace, byte for byte', async () => {
    const first = await run(scheduleOf(7, 120))
    const second = await run(scheduleOf(7, 120))
    expect(first.lines.length).toBeGreaterThan(200)
    expect(second.lines).toEqual(first.lines)
    const other = await run(scheduleOf(8, 120))
    expect(other.digest).not.toBe(first.digest)
    const apart = simulate('--seed', '7', '--runs', '1', '--steps', '120', '--trace')
    expect(apart.out).toContain(first.lines.join('\n'))
  })

  test('a clean run checks something: devices talk, and what was typed is expected', async () => {
    const { lines, requests, violation } = await run(scheduleOf(3, 200))
    expect(violation).toBe(null)
    expect(requests).toBeGreaterThan(50)
    for (const word of ['saved', 'POST /api/sync/push', 'GET /api/sync/changes', 'dies', 'crashes'])
      expect(
        lines.some((line) => line.includes(word)),
        word,
      ).toBe(true)
  })
})

describe('each rule of the design is watched: a product without it is found out', () => {
  const mutants: [string, Mutant & { readonly seeds: readonly number[] }][] = Object.entries(MUTANTS)
  test.each(mutants)('%s', { timeout: 60_000 }, (name, { caughtBy, seeds }) => {
    const found = seeds.map((seed) =>
      simulate('--seed', `${seed}`, '--runs', '1', '--no-shrink', '--mutant', name),
    )
    const outs = found.map(({ out }) => out).join('\n')
    const checkers = [...outs.matchAll(/FAILED (\S+):/g)].map(([, checker]) => checker)
    expect(checkers.length, outs).toBeGreaterThan(0)
    for (const checker of checkers) expect(caughtBy).toContain(checker)
  })
})
