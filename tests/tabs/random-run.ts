import { setTimeout as pass } from 'node:timers/promises'
import { Dice } from '../chaos/dice.ts'
import { within } from '../chaos/limit.ts'
import { figures } from './judge.ts'
import { OPENING, OPERATIONS, SETTING, type Step } from './operations.ts'
import type { Scene } from './scene.ts'
import type { Tab } from './tab.ts'
import { Words } from './words.ts'

/** The issue's: so long there is nobody who may write at most, while a visible tab would. */
const GAP_LIMIT = 5000
/** What one operation, or the typing beside it, takes at most on a busy machine. */
const STEP_LIMIT = 40_000
/** Whoever may write shows what is stored within this time, on a busy machine. */
const SHOW_LIMIT = 5000
const LOOK = 50
/** What is committed is there at once; one look may have begun before. */
const LOOK_LIMIT = 5000

export interface RandomOptions {
  readonly seed: number
  readonly operations: number
  /** How many tabs at most. */
  readonly most: number
  /** So many are reached, where the dice alone have not opened them in the first half. */
  readonly full: boolean
}

export interface RandomReport {
  /** Figures, for people. */
  readonly lines: readonly string[]
  /** What was done, for whoever looks into a fault. */
  readonly trace: readonly string[]
  readonly faults: readonly string[]
  /** Words that were typed and committed. */
  readonly words: number
  /** How many tabs were open at once. */
  readonly reached: number
}

/** Opens, closes, kills, freezes and takes control at random while somebody types wherever one may write. */
export async function randomRun(scene: Scene, options: RandomOptions): Promise<RandomReport> {
  const dice = new Dice(options.seed)
  const { judge } = scene.monitor
  const words = new Words((word) => judge.missing([word]).length === 0)
  const step: Step = { scene, dice, most: options.most, taken: [], overtaken: [], words }
  const trace: string[] = []
  const typist = new Typist(scene, words, (said) => trace.push(said))
  const operations = options.full ? [...OPERATIONS, SETTING] : OPERATIONS
  const counts = new Map<string, number>()
  const began = Date.now()
  let reached = scene.tabs.length
  for (let done = 0; done < options.operations; ) {
    const opens = options.full && reached < options.most && done >= options.operations / 2
    const [, name, operation] = opens
      ? OPENING
      : dice.weighted(operations.map((one) => [one[0], one] as const))
    const at = Date.now()
    // Now and then somebody is typing while it happens.
    if (dice.chance(0.5)) typist.begin()
    const what = await within(STEP_LIMIT, name, operation(step)).catch(async (error) => {
      const story = [...trace, `${new Date(at).toISOString()} ${name}`, await scene.tell()].join('\n')
      throw new Error(story, { cause: error })
    })
    if (what === null) continue
    done++
    reached = Math.max(reached, scene.tabs.length)
    counts.set(name, (counts.get(name) ?? 0) + 1)
    trace.push(`${new Date(at).toISOString()} ${done}. ${what}, ${Date.now() - at} ms`)
    await scene.bury()
    for (const { name } of await scene.wakeVisible()) trace.push(`${name} is in front and goes on`)
    if (dice.chance(0.6)) await typist.settle()
  }
  await typist.settle()
  await scene.monitor.until(LOOK_LIMIT, () => judge.missing(words.kept).length === 0)
  await scene.monitor.stop()
  const { right } = scene.monitor.now
  const { gaps, faults } = judge
  const long = gaps.filter(({ ms }) => ms > GAP_LIMIT)
  return {
    trace,
    words: words.kept.size,
    reached,
    faults: [
      ...faults,
      ...judge
        .missing(words.kept)
        .map((word) => `the word ${word} was typed and is neither in the record nor in a draft`),
      ...long.map(
        ({ from, ms, blind }) =>
          `${new Date(from).toISOString()} nobody could write for ${ms} ms (for ${blind} of them nobody could look either)`,
      ),
    ],
    lines: [
      `seed ${options.seed}: ${options.operations} operations in ${((Date.now() - began) / 1000).toFixed(0)} s, up to ${reached} tabs of ${options.most}`,
      [...counts].map(([name, many]) => `${name} ${many}`).join(', '),
      `${judge.epochs} epochs seen, up to ${right.epoch}; ${judge.writes} writes seen, ${judge.lines} lines in the log, ${judge.words.size} of ${words.kept.size} words in the record, the rest in ${scene.monitor.now.drafts.length} drafts; ${words.given - words.kept.size} died with their tabs or were not taken`,
      `without a writer: ${figures(gaps.map(({ ms }) => ms))}`,
      `control taken in: ${figures(step.taken)}; from a tab that hung: ${figures(step.overtaken)}`,
    ],
  }
}

/** Types words wherever one may write; what becomes of them is the monitor's to see. */
class Typist {
  readonly #scene: Scene
  readonly #words: Words
  readonly #tell: (said: string) => void
  #typing: Promise<void> | null = null

  constructor(scene: Scene, words: Words, tell: (said: string) => void) {
    this.#scene = scene
    this.#words = words
    this.#tell = tell
  }

  begin(): void {
    this.#typing ??= this.#type().finally(() => {
      this.#typing = null
    })
    this.#typing.catch(() => {})
  }

  async settle(): Promise<void> {
    if (!this.#typing) this.begin()
    await this.#typing
  }

  async #type(): Promise<void> {
    const tab = this.#scene.writer
    if (!tab || tab.frozen || !(await tab.visible())) return
    const word = this.#words.next()
    const at = Date.now()
    try {
      // At the end of what is stored, as a person would who sees it all: before that it is the midst of somebody's word.
      if (!(await this.#showsAll(tab))) return
      await within(STEP_LIMIT, `typing in ${tab.name}`, tab.type(` ${word}`))
      const kept = await this.#words.typed(tab, word)
      this.#tell(
        `${new Date(at).toISOString()} ${word} in ${tab.name}, ${Date.now() - at} ms${kept ? '' : ', not promised'}`,
      )
    } catch (error) {
      // It was closed or killed in the midst of it.
      if (this.#scene.tabs.includes(tab) && !tab.frozen) throw error
    }
  }

  /** False: it has lost the right meanwhile. */
  async #showsAll(tab: Tab): Promise<boolean> {
    const { monitor } = this.#scene
    const end = Date.now() + SHOW_LIMIT
    for (;;) {
      const shown = await within(STEP_LIMIT, `reading ${tab.name}`, tab.shown())
      if (shown === monitor.now.text) return true
      if (this.#scene.writer !== tab || tab.frozen) return false
      if (Date.now() > end)
        throw new Error(`${tab.name} may write and shows ${JSON.stringify(shown)} for ${SHOW_LIMIT} ms`)
      await pass(LOOK)
    }
  }
}
