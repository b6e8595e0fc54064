import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { uuidV7 } from '../src/core/ids.ts'
import { createApp } from './app.ts'
import { createAuth } from './auth.ts'
import type { Config } from './config.ts'
import { openDatabase } from './db/open.ts'
import { close, listen } from './listen.ts'
import { createLogger } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { keptSecret } from './secret.ts'
import { createPokes } from './sync/poke.ts'
import { startUpkeep } from './upkeep/run.ts'
import type { World } from './world.ts'

/** Of the ten seconds that a stop may take; what is left is for the database. */
const STOP_MS = 8000

export interface Running {
  /** Ends streams, finishes requests, closes the database. */
  stop(): Promise<void>
}

const world: World = {
  now: Date.now,
  newId: () => uuidV7(Date.now(), randomBytes(16)),
  newTag: () => randomBytes(9).toString('base64url'),
  random: Math.random,
}

/** Puts the server together and listens. Throws a StartProblem where the settings or the machine do not allow it. */
export async function start(config: Config, folder: string): Promise<Running> {
  const logger = createLogger(config.logLevel)
  const pokes = createPokes()
  const metrics = createMetrics(() => pokes.size)
  metrics.withProcess()
  const { db, copy, close: closeDatabase } = await openDatabase(config.database, metrics.write)
  if (copy) logger.info({ copy }, 'the database was copied aside before its migration')
  let draining = false
  try {
    const auth = createAuth({ db, config, secret: config.secret ?? keptSecret(config.database), logger })
    const distDir = join(folder, 'dist')
    const app = createApp({
      db,
      auth,
      config,
      world,
      logger,
      pokes,
      metrics,
      distDir,
      draining: () => draining,
    })
    const server = await listen(app, config)
    const { history } = config
    const stopUpkeep = startUpkeep({ db, world, pokes, logger, history })
    return {
      async stop() {
        draining = true
        pokes.closeAll()
        const upkeepEnd = stopUpkeep()
        await close(server, STOP_MS)
        await upkeepEnd
        await closeDatabase()
        logger.info('stopped')
      },
    }
  } catch (error) {
    await closeDatabase()
    throw error
  }
}
