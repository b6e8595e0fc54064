import type { RecordState } from '../../core/records.ts'
import { type Missing, missing, NO_ACCOUNT, NOT_SENT } from '../history-words.ts'
import { readVersions, type ServerVersion } from '../versions-client.ts'
import type { HistoryHost, HistoryWorld } from './history-desk.ts'

export interface VersionsPage {
  readonly versions: readonly ServerVersion[]
  readonly next: string | null
}

/** What a page of versions may weigh decides how many come at once. */
const PAGE_SIZE = 4_000_000
const PAGE = { least: 4, most: 30 }

/**
 * A page of the record's versions, or why there is none; nobody is asked where that is known before. null: nothing of
 * the answer may be shown, since nobody looks any more or another library is here now.
 */
export async function askVersions(
  world: HistoryWorld,
  host: HistoryHost,
  id: string,
  cursor: string | null,
  signal: AbortSignal,
): Promise<VersionsPage | Missing | null> {
  const { account } = host.summary
  const library = world.library()
  const record = host.records.get(id)?.record
  if (!record || !account) return record ? NO_ACCOUNT : missing('unknown-record', '')
  const lacks = (what: Parameters<typeof missing>[0]): Missing => missing(what, account.email)
  if (record.version === 0) return NOT_SENT
  if (!world.online()) return lacks('offline')
  // Signed out is for the server to say: to sync, somebody else's session is the same.
  const { kind } = record
  const question = { account: account.id, kind, id, cursor, limit: pageOf(record) }
  const answer = await readVersions(question, signal)
  if (answer.is === 'aborted' || signal.aborted || library !== world.library()) return null
  return answer.is === 'page' ? answer : lacks(answer.is)
}

/** How many versions come at once; of a long note few. */
function pageOf({ fields }: RecordState): number {
  let size = 500
  for (const value of Object.values(fields)) if (typeof value === 'string') size += value.length
  return Math.max(PAGE.least, Math.min(PAGE.most, Math.floor(PAGE_SIZE / size)))
}
