import { forget } from './forget.ts'
import { pruneHistory, stripRefused } from './history.ts'
import type { Upkeep } from './tools.ts'
import { emptyTrash } from './trash.ts'

const HOUR = 3600_000

/** One pass over everything that time takes away, in small transactions. */
export async function runUpkeep(upkeep: Upkeep): Promise<void> {
  const begun = performance.now()
  const failed = (error: unknown): void => upkeep.logger.error({ err: error }, 'upkeep failed')
  // What fails in one is no reason to leave the others undone.
  const purged = (await emptyTrash(upkeep).catch(failed)) ?? 0
  const forgotten = await forget(upkeep).catch(failed)
  const revisions = (await pruneHistory(upkeep).catch(failed)) ?? 0
  const stripped = (await stripRefused(upkeep).catch(failed)) ?? 0
  const done = { purged, ...forgotten, revisions, stripped }
  const ms = Math.round(performance.now() - begun)
  if (Object.values(done).some((count) => count > 0)) upkeep.logger.info({ ...done, ms }, 'upkeep')
}

/** Passes at once and every hour. Returns what waits for the end of the one under way; none begins after it. */
export function startUpkeep(given: Omit<Upkeep, 'stopping'>, every = HOUR): () => Promise<void> {
  let stopping = false
  let pass = Promise.resolve()
  const upkeep: Upkeep = { ...given, stopping: () => stopping }
  const begin = (): void => {
    pass = pass.then(() => (stopping ? undefined : runUpkeep(upkeep)))
  }
  begin()
  const timer = setInterval(begin, every)
  timer.unref()
  return () => {
    stopping = true
    clearInterval(timer)
    return pass
  }
}
