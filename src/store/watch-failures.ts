import type { Database } from './database.ts'

/** Tells of every transaction that failed for good, whoever asked for it. The page's alone: the worker logs its own. */
export function watchFailures(db: Database, failed: (error: unknown) => void): void {
  const run = db.run.bind(db)
  db.run = (stores, mode, work, durability) =>
    run(stores, mode, work, durability).catch((error: unknown) => {
      failed(error)
      throw error
    })
}
