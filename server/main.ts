import { join } from 'node:path'
import { readConfig } from './config.ts'
import { start } from './start.ts'
import { StartProblem } from './start-problem.ts'

// What people keep here is theirs: database, log and copies are readable by this user only.
process.umask(0o077)

const IN_A_HURRY = 1000
const folder = join(import.meta.dirname, '..')

try {
  const config = readConfig(process.env, folder)
  const running = await start(config, folder)
  let asked: number | null = null
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // Ctrl+C comes twice, from the terminal and from npm. Asked again later, somebody is in a hurry: what is
      // committed is safe.
      if (asked !== null) {
        if (Date.now() - asked > IN_A_HURRY) process.exit(1)
        return
      }
      asked = Date.now()
      running.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
  }
  process.stdout.write(`Pawkit is ready at ${config.origin}\n`)
} catch (error) {
  if (!(error instanceof StartProblem)) throw error
  process.stderr.write(`Pawkit cannot start: ${error.message}\n`)
  process.exitCode = 1
}
