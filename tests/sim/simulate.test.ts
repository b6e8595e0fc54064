import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FAULTS, type Fault, Link } from './link.ts'
import { MUTANTS, type Mutant } from './mutants.ts'
import { Random } from './random.ts'
import { run } from './run.ts'
import { Actor, Scheduler } from './scheduler.ts'
import { MINUTE, play } from './script.ts'
import { SCRIPTS } from './scripts.ts'
import { CRASH_POINTS } from './simulation.ts'
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

/** Requests that met a fault, and deaths at a crash point that came at once when they were due. */
function happened(lines: readonly string[]): string[] {
  return lines.flatMap((line, index) => {
    const fault = /^\d+ \S+ [A-Z]+ \S+ (\S+)$/.exec(line)
    if (fault?.[1]) return [fault[1]]
    const due = /^(?<at>\d+) (?<device>[^/]+)\/(?<life>\S+) (?<what>\S+: (?<who>\S+) dies)$/.exec(
      line,
    )?.groups
    if (!due) return []
    const { at, device, life, what = '', who } = due
    const dead = who === 'server' ? 'server' : who === 'browser' ? `${device}/\\S+` : `${device}/${life}`
    const death = new RegExp(`^${at} ${dead} (?:dies|crashes)$`)
    return lines.slice(index + 1).some((after) => death.test(after)) ? [what] : []
  })
}

describe('what the schedule asks for happens', () => {
  test('each fault of a link is met, and at each crash point worker, browser and server die', {
    timeout: 180_000,
  }, async () => {
    const deaths = CRASH_POINTS.flatMap((point) =>
      ['worker', 'browser', 'server'].map((who) => `${point}: ${who} dies`),
    )
    const missing = new Set<string>([...FAULTS, ...deaths])
    // The first few together have all; a change of the product that moves something needs some more.
    const seeds = [19, 3, 42, 43, 18, 26, ...Array.from({ length: 20 }, (_, index) => 50 + index)]
    for (const seed of seeds) {
      if (missing.size === 0) break
      const { lines } = await run(scheduleOf(seed, 200))
      for (const what of happened(lines)) missing.delete(what)
    }
    expect([...missing]).toEqual([])
  })

  /** How often the server hears of a request; how what comes back begins; how late the last of it is at least, ms. */
  const FATES: Readonly<Record<Fault | 'ok', readonly [number, string | null, number?]>> = {
    ok: [1, '200 answer 2'],
    lost: [0, 'network error'],
    cut: [1, 'network error'],
    hang: [0, null],
    'hang-after': [1, null],
    twice: [2, '200 answer 2'],
    late: [1, null, 31_000],
    'late-copy': [2, '200 answer 2', 1000],
    '500': [0, '500 Internal'],
    '500-after': [1, '500 '],
    '503': [0, '503 <!doctyp'],
    '429': [0, '429 {"error"'],
    '408': [0, '408 '],
    '425': [0, '425 '],
    portal: [0, '200 <!doctyp'],
    'portal-401': [0, '401 <!doctyp'],
    redirect: [0, '302 '],
    truncated: [1, '200 answ'],
    slow: [1, '200 answer 2', 5000],
    stale: [0, '200 answer 1'],
    'too-large': [0, '413 {"error"'],
    waf: [0, '403 <!doctyp'],
  }

  test.each(Object.entries(FATES))('what becomes of a request that meets: %s', async (fault, fate) => {
    const [heard, back, late = 0] = fate
    const scheduler = new Scheduler(new Random(1), 0)
    const served: number[] = []
    const link = new Link({
      scheduler,
      random: new Random(1),
      serve: async () => ({ status: 200, headers: {}, body: `answer ${served.push(scheduler.now)}` }),
      trace: () => {},
      at: () => false,
      heard: () => {},
    })
    const actor = new Actor('d0/worker1', 'd0')
    const { signal } = new AbortController()
    const request = { actor, device: 'd0', method: 'GET', path: '/api/sync/changes', body: '', signal }
    const came: { readonly at: number; readonly what: string }[] = []
    const ask = async (): Promise<void> => {
      const said = await link.fetch(request).then(
        async (answer) => `${answer.status} ${(await answer.text()).slice(0, 8)}`,
        (error: Error) => error.message,
      )
      came.push({ at: scheduler.now, what: said })
    }
    void ask()
    await scheduler.advance(MINUTE)
    const begun = scheduler.now
    if (fault !== 'ok') link.faults = [fault as Fault]
    void ask()
    await scheduler.advance(15 * MINUTE)
    const [, ...since] = served
    expect([since.length, came[1]?.what ?? null]).toEqual([heard, back])
    expect(Math.max(...since, came[1]?.at ?? 0, begun) - begun).toBeGreaterThanOrEqual(late)
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

test('a failing seed prints its shrunk schedule and how to replay it, and the replay fails just so', {
  timeout: 180_000,
}, () => {
  const name = 'call what waits for a choice pending'
  const [seed] = MUTANTS[name].seeds
  const length = 40
  const found = simulate('--seed', `${seed}`, '--runs', '1', '--steps', `${length}`, '--mutant', name)
  expect(found.code, found.out).toBe(1)
  expect(found.out).toContain(`seed ${seed} FAILED figures: `)
  const steps = [...found.out.matchAll(/^ {4}(\d+) (\S+ d\d)$/gm)]
  expect(steps.length).toBeGreaterThan(0)
  expect(steps.length, found.out).toBeLessThan(length / 10)
  const [, printed = ''] = /^ {2}replay: npm run simulate -- (.+)$/m.exec(found.out) ?? []
  const kept = steps.map(([, place]) => place).join(',')
  expect(printed).toContain(`--seed ${seed} --runs 1 --steps ${length} --keep ${kept} `)

  const replayed = simulate(...printed.split(' '), '--mutant', name)
  expect(replayed.code, replayed.out).toBe(1)
  expect(replayed.out).toContain(`seed ${seed} FAILED figures: `)
  // Those steps and no other are what it did.
  const done = [...replayed.out.matchAll(/^\d+ - (\S+ d\d)$/gm)].map(([, step]) => step)
  expect(done).toEqual(steps.map(([, , step]) => step))
})

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
