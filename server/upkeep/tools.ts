import type { Logger } from 'pino'
import type { Database } from '../db/schema.ts'
import type { Pokes } from '../sync/poke.ts'
import type { World } from '../world.ts'

/** How much of its version history each record keeps: what both allow to go is removed. */
export interface KeptHistory {
  readonly days: number
  readonly versions: number
}

export interface Upkeep {
  readonly db: Database
  readonly world: World
  readonly pokes: Pokes
  readonly logger: Logger
  readonly history: KeptHistory
  /** True once the server stops: what is left is for its next start. */
  readonly stopping: () => boolean
}

/** Lets requests that came in meanwhile go first: every query of ours holds the one thread and connection. */
const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Repeats a small step until it has nothing more to do. Returns what the steps did in all. */
export async function inSteps({ stopping }: Upkeep, step: () => Promise<number>): Promise<number> {
  let all = 0
  while (!stopping()) {
    const done = await step()
    if (done === 0) break
    all += done
    await others()
  }
  return all
}
