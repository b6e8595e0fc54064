import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/**
 * What axe finds on the page, in light, and of colours in dark: one line a rule. Motion is reduced: a
 * colour that is read while it changes from light to dark is neither's.
 */
export async function axeFaults(page: Page, where: string): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const axe = new AxeBuilder({ page })
    const { violations } = await (colorScheme === 'light' ? axe : axe.withRules('color-contrast')).analyze()
    for (const { id, impact, nodes } of violations)
      found.push(
        `${where}, ${colorScheme}: ${id}, ${impact ?? 'of no weight'} ${nodes.map((node) => JSON.stringify(node.target)).join(' ')}`,
      )
  }
  return found
}
