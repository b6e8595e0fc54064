import { type FreezingPage, watchFreezing } from './freezing.ts'
import type { Database } from './store/database.ts'

/**
 * A frozen page begins no transaction until it goes on. Chromium lets its tasks go on for a moment, but not what the store
 * answers: the transaction would stay open, and every tab and the worker would wait for it.
 */
export function beginAwake(db: Database, page: FreezingPage): void {
  const run = db.run.bind(db)
  let waiting: (() => void)[] | null = null
  const goesOn = (): void => {
    const begin = waiting
    waiting = null
    for (const resolve of begin ?? []) resolve()
  }
  watchFreezing(page, () => (waiting ??= []), goesOn)
  // Awake, it begins in the caller's own task.
  db.run = (stores, mode, work, durability) =>
    waiting
      ? new Promise<void>((resolve) => waiting?.push(resolve)).then(() =>
          db.run(stores, mode, work, durability),
        )
      : run(stores, mode, work, durability)
}
