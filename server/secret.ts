import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { codeOf, StartProblem } from './start-problem.ts'

/** The secret kept beside the database, made on first start. Only its owner may read it. */
export function keptSecret(database: string): string {
  const file = join(dirname(database), 'pawkit.secret')
  try {
    // Exclusive: of two starts at once one makes it and the other reads it.
    writeFileSync(file, `${randomBytes(48).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new StartProblem(`Cannot write ${file} (${codeOf(error)})`)
  }
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret.length >= 32) return secret
  } catch (error) {
    throw new StartProblem(`Cannot read ${file} (${codeOf(error)})`)
  }
  throw new StartProblem(
    `${file} holds no secret of at least 32 characters; remove it to have a new one made`,
  )
}
