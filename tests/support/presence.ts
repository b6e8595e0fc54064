import { presenceLock } from '../../src/core/session.ts'
import type { PageWorld } from '../../src/ui/controllers/page-world.ts'

/** The one page of its browser, visible, as the platform would say it. */
export const aloneHere: PageWorld['presence'] = {
  id: 'the-only-page',
  visible: true,
  claim: async () => 'the-only-page',
  shown: () => {},
  held: async () => [presenceLock('the-only-page')],
}
