import { Random } from './random.ts'

/** What may happen in a run, and how often. */
const WEIGHTS = {
  'new-note': 5,
  'new-card': 5,
  'new-collection': 1,
  type: 24,
  rewrite: 4,
  clash: 7,
  title: 4,
  tags: 4,
  pin: 2,
  file: 2,
  url: 2,
  bin: 5,
  purge: 2,
  /** In the place of others (`withVersions`). */
  version: 0,
  poison: 1.5,
  wake: 6,
  retry: 2,
  discard: 3,
  policy: 0.7,
  look: 1.5,
  resolve: 3,
  faults: 12,
  offline: 4,
  online: 5,
  moment: 14,
  minute: 6,
  hour: 1,
  tasks: 12,
  'kill-worker': 4,
  'kill-browser': 2,
  'close-tab': 3,
  'crash-tab': 2,
  'open-tab': 4,
  'second-worker': 2,
  trap: 9,
  freeze: 3,
  thaw: 3,
  'turn-to': 3,
  reload: 1,
  take: 2,
  draft: 3,
  taking: 0.3,
  lag: 2,
  clock: 1,
  'server-stop': 1,
  'server-kill': 1,
  choke: 1,
  heal: 2,
  'session-end': 1,
  'sign-in': 2,
  backup: 0.7,
  restore: 0.3,
} as const
export type Doing = keyof typeof WEIGHTS

/** Where less is lost on the way more devices hold the same record, and can change it at once. */
const CALMER = {
  faults: 4,
  trap: 3,
  'kill-worker': 1,
  'kill-browser': 0.5,
  'crash-tab': 1,
  freeze: 1,
  lag: 1,
  'session-end': 0.2,
  minute: 14,
  wake: 14,
} as const

/** What a run is mostly about. */
const THEMES: Readonly<
  Record<
    'even' | 'network' | 'crashes' | 'tabs' | 'typing' | 'workers' | 'conflicts' | 'choices',
    Partial<Record<Doing, number>>
  >
> = {
  even: {},
  network: { faults: 40, discard: 14, retry: 5, minute: 20, poison: 3 },
  crashes: { trap: 25, 'kill-worker': 8, 'kill-browser': 4, 'open-tab': 10, wake: 12 },
  tabs: {
    freeze: 10,
    thaw: 8,
    lag: 6,
    'open-tab': 12,
    type: 40,
    take: 10,
    'turn-to': 8,
    reload: 4,
    draft: 6,
  },
  typing: { type: 60, title: 15, moment: 40, faults: 6, wake: 15 },
  conflicts: { ...CALMER, clash: 30, rewrite: 10, resolve: 7, look: 4 },
  choices: { ...CALMER, clash: 28, rewrite: 6, title: 8, bin: 6, policy: 8, resolve: 7, look: 4 },
  workers: { 'second-worker': 20, wake: 25, faults: 25, moment: 30, type: 35 },
}

/** One step of a schedule. Its own seed decides what is left open, so that leaving out another changes nothing here. */
export interface Step {
  readonly do: Doing
  readonly device: number
  readonly seed: number
}

export interface Schedule {
  readonly seed: number
  readonly devices: number
  /**
   * Whether people take lines out as well. Where one does while another types in it, both texts stay, and with them
   * what they have in common; without it nothing may ever be doubled.
   */
  readonly removals: boolean
  /** Whether the last device is another account's, a member of the space. */
  readonly member: boolean
  /** Whether pages ask who may write (P7), or are those of an older Pawkit, which all write. */
  readonly rights: boolean
  readonly steps: readonly Step[]
}

/** The schedule of a seed: two or three devices, of one account or two, `length` steps. A pure function of both. */
export function scheduleOf(seed: number, length: number): Schedule {
  const random = new Random(seed)
  const devices = random.chance(0.6) ? 2 : 3
  const about = random.pick(Object.keys(THEMES) as (keyof typeof THEMES)[]) ?? 'even'
  const theme = THEMES[about]
  const removals = random.chance(about === 'conflicts' || about === 'choices' ? 0.95 : 0.5)
  const member = random.chance(devices === 3 ? 0.4 : 0.1)
  const rights = random.chance(about === 'tabs' ? 0.85 : 0.65)
  // Some runs know no server restored from a copy: more can be said of those.
  const restores = random.chance(0.3) ? {} : { restore: 0, backup: 0 }
  const weights = { ...WEIGHTS, ...theme, ...restores }
  const steps = Array.from({ length }, () => ({
    do: random.weighted<Doing>(weights),
    device: random.below(devices),
    seed: random.below(0x7fffffff),
  }))
  return { seed, devices, removals, member, rights, steps: removals ? withVersions(seed, steps) : steps }
}

/**
 * In some runs people restore versions as well, in the place of some of their edits. By numbers of its own, so that
 * every other run of a seed stays what it was.
 */
function withVersions(seed: number, steps: readonly Step[]): readonly Step[] {
  const random = new Random(seed ^ 0x5e77)
  if (!random.chance(0.4)) return steps
  return steps.map((step) => (EDITS.has(step.do) && random.chance(0.3) ? { ...step, do: 'version' } : step))
}
const EDITS: ReadonlySet<Doing> = new Set(['title', 'rewrite', 'tags', 'pin', 'bin', 'type', 'clash'])

/** Only those steps of a schedule, by their places. */
export const keep = (schedule: Schedule, places: readonly number[]): Schedule => ({
  ...schedule,
  steps: places.flatMap((place) => schedule.steps[place] ?? []),
})
