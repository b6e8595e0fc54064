import { run } from './run.ts'
import { shrink } from './shrink.ts'
import { keep, scheduleOf } from './steps.ts'

/** One job of `npm run simulate`: every n-th seed, told to the parent as they end. */
interface Options {
  readonly seed: number
  readonly every: number
  readonly last: number
  /** Beyond `last` for so long, s. */
  readonly seconds: number
  readonly steps: number
  readonly keep?: string
  readonly trace: boolean
  readonly shrink: boolean
}

const SHRINKING = 120_000
/** Each error's stack costs a tenth of a run: only one that has failed is run again with them. */
Error.stackTraceLimit = 0
const STACK = 30
const options = JSON.parse(process.argv[2] ?? '{}') as Options

async function one(seed: number): Promise<{ passed: number; failed: number; text: string }> {
  const whole = scheduleOf(seed, options.steps)
  const places = options.keep === undefined ? null : options.keep.split(',').filter(Boolean).map(Number)
  const schedule = places ? keep(whole, places) : whole
  let { violation, lines } = await run(schedule)
  if (violation) {
    Error.stackTraceLimit = STACK
    ;({ violation, lines } = await run(schedule))
  }
  const trace = options.trace ? `${lines.join('\n')}\n` : ''
  if (!violation) return { passed: 1, failed: 0, text: `${trace}` }
  Error.stackTraceLimit = 0
  const small = options.shrink && !places ? await shrink(whole, violation.checker, SHRINKING) : places
  const shrunk = small
    ? small.map((place) => `${place} ${whole.steps[place]?.do} d${whole.steps[place]?.device}`)
    : []
  const replay = `npm run simulate -- --seed ${seed} --runs 1 --steps ${options.steps}${small ? ` --keep ${small.join(',')}` : ''} --trace`
  const text = [
    `${trace}seed ${seed} FAILED ${violation.message}`,
    ...shrunk.map((line) => `    ${line}`),
    `  replay: ${replay}`,
  ]
  return { passed: 0, failed: 1, text: text.join('\n') }
}

const end = performance.now() + options.seconds * 1000
for (let seed = options.seed; seed < options.last || performance.now() < end; seed += options.every)
  process.send?.(await one(seed))
process.disconnect?.()
