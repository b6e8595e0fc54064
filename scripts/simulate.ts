import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/**
 * `npm run simulate -- --seed N --runs M --jobs J`: runs the simulator (tests/sim) and, where a run fails, prints the
 * shrunk schedule and how to replay it. `--keep 3,17,20` runs only those steps of a seed's schedule, `--trace` prints
 * what happened.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '100' },
    jobs: { type: 'string', default: '1' },
    steps: { type: 'string', default: '200' },
    keep: { type: 'string' },
    trace: { type: 'boolean', default: false },
    /** Goes on with further seeds until so many seconds have passed, but for `--runs` at least. */
    seconds: { type: 'string', default: '0' },
    'no-shrink': { type: 'boolean', default: false },
    mutant: { type: 'string' },
  },
})

const number = (name: 'seed' | 'runs' | 'jobs' | 'steps' | 'seconds'): number => {
  const value = Number(values[name])
  if (Number.isSafeInteger(value) && value >= (name === 'seed' || name === 'seconds' ? 0 : 1)) return value
  process.stderr.write(`--${name} must be a whole number\n`)
  process.exit(2)
}

const [seed, runs, jobs, steps, seconds] = [
  number('seed'),
  number('runs'),
  number('jobs'),
  number('steps'),
  number('seconds'),
]
const worker = fileURLToPath(new URL('../tests/sim/worker-process.ts', import.meta.url))
const mutator = fileURLToPath(new URL('../tests/sim/mutate.ts', import.meta.url))
const began = performance.now()

export interface Told {
  readonly passed: number
  readonly failed: number
  readonly text: string
}

/** What the libraries leave behind after each run would slow a process down that does thousands; it begins anew after these. */
const TOGETHER = 150

/** Most of what a run makes is short-lived: in a young generation of so many MiB it costs a quarter less time than in V8's 16. */
const ROOM = ['--min-semi-space-size=64', '--max-semi-space-size=128']

/** Seeds go round the jobs, so that all end at about the same time. */
async function job(index: number): Promise<Told[]> {
  const told: Told[] = []
  for (let first = seed + index; ; first += TOGETHER * jobs) {
    const last = Math.min(seed + runs, first + TOGETHER * jobs)
    const isLast = last === seed + runs
    told.push(...(await some(first, last, isLast ? seconds : 0)))
    if (isLast) return told
  }
}

/** @param more goes on with further seeds for so long, s */
function some(first: number, last: number, more: number): Promise<Told[]> {
  const told: Told[] = []
  const options = {
    seed: first,
    every: jobs,
    last,
    seconds: more,
    steps,
    keep: values.keep,
    trace: values.trace,
  }
  const env = { ...process.env, ...(values.mutant ? { PAWKIT_MUTANT: values.mutant } : {}) }
  const execArgv = [...ROOM, ...(values.mutant ? ['--import', mutator] : [])]
  const child = fork(worker, [JSON.stringify({ ...options, shrink: !values['no-shrink'] })], {
    env,
    execArgv,
  })
  child.on('message', (message: Told) => {
    told.push(message)
    if (message.text !== '') process.stdout.write(`${message.text}\n`)
  })
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      if (code !== 0) told.push({ passed: 0, failed: 1, text: '' })
      resolve(told)
    })
  })
}

const all = (await Promise.all(Array.from({ length: jobs }, (_, index) => job(index)))).flat()
const passed = all.reduce((sum, one) => sum + one.passed, 0)
const failed = all.reduce((sum, one) => sum + one.failed, 0)
const took = ((performance.now() - began) / 1000).toFixed(1)
process.stdout.write(`simulation: ${passed} runs of ${steps} steps clean, ${failed} failed, ${took} s\n`)
process.exitCode = failed > 0 ? 1 : 0
