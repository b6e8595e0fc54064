import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MUTANTS, type Mutant } from './mutants.ts'
import { run } from './run.ts'
import { play } from './script.ts'
import { SCRIPTS } from './scripts.ts'
import { scheduleOf } from './steps.ts'

const SIMULATE = join(import.meta.dirname, '../../scripts/simulate.ts')

/** `npm run simulate` in a process of its own, as it is run by hand. */
function simulate(...args: string[]): { readonly code: number | null; readonly out: string } {
  const { status, stdout } = spawnSync(process.execPath, [SIMULATE, ...args], { encoding: 'utf8' })
  return { code: status, out: stdout }
}

describe('the simulator', () => {
  test('the same seed, the same trace, byte for byte', { timeout: 180_000 }, async () => {
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

test('seed 4870: code of a page that has died opens no database, and writes nothing on', () =>
  play(async (world, a) => {
    const word = world.word()
    const id = await a.create('note', { title: 'R', content: word })
    const other = await a.openTab()
    await a.inTab((tab) => {
      const shown = other.views.get(id)
      if (!shown) throw new Error('the note is not shown')
      tab.edit(shown, { pinned: true })
      other.type(shown, 'content', (before) => `${before} ${world.word()}`, true)
      // Its transaction waits for the one before, and is undone.
      a.device.closeTab(other, false)
    })
    await world.calm()
    const living = [...a.device.tabs, ...a.device.workers].map(({ actor }) => actor.connections.size)
    expect([world.sim.scheduler.root.connections.size, ...living]).toEqual([0, 1, 1])
    expect(a.text(id, 'content').split(' ')).toHaveLength(2)
  }))

const MUTATE = join(import.meta.dirname, 'mutate.ts')
const PLAY = join(import.meta.dirname, 'play-script.ts')

/** What the checkers say of a mutated product, in the scripted world or the seeds that are known to find it. */
function judged(name: string, { script, seeds }: Mutant): string {
  const env = { ...process.env, PAWKIT_MUTANT: name }
  const scripted = script
    ? [spawnSync(process.execPath, ['--import', MUTATE, PLAY, script], { encoding: 'utf8', env }).stdout]
    : []
  const seeded = seeds.map(
    (seed) => simulate('--seed', `${seed}`, '--runs', '1', '--no-shrink', '--mutant', name).out,
  )
  return [...scripted, ...seeded].join('\n')
}

describe('each rule of the design is watched: a product without it is found out', () => {
  /** Checkers that were the first to see a fault. */
  const telling = new Set<string>()
  const mutants: [string, Mutant][] = Object.entries(MUTANTS)
  test.each(mutants)('%s', { timeout: 180_000 }, (name, mutant) => {
    const told = judged(name, mutant)
    const checkers = [...told.matchAll(/FAILED (\S+):/g)].map(([, checker = '']) => checker)
    expect(checkers.length, told).toBeGreaterThan(0)
    for (const checker of checkers) expect(mutant.caughtBy).toContain(checker)
    for (const checker of checkers) telling.add(checker)
  })

  test('and each checker was the first to tell of one', () => {
    const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'))
    const code = sources.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n')
    const all = [...code.matchAll(/(?:fail|report)\(\s*'([a-z-]+)'/g)].map(([, checker = '']) => checker)
    expect(all.length).toBeGreaterThan(20)
    expect(all.filter((checker) => !telling.has(checker))).toEqual([])
  })

  test('the scripted worlds are clean without a mutant', async () => {
    for (const script of Object.values(SCRIPTS)) await script()
  })
})
