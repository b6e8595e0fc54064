import { ADA } from '../e2e/support/client.ts'
import { test as base, expect } from '../e2e/support/test.ts'
import { Scene, type SceneOptions } from './scene.ts'

export { expect }

const USUAL: SceneOptions = { account: ADA, title: 'Many tabs', content: 'start', held: 0 }

/** `scene` starts a real browser in which tabs are really hidden, with the monitor that looks at its store. */
export const test = base.extend<{ readonly scene: (options?: Partial<SceneOptions>) => Promise<Scene> }>({
  scene: async ({ site, launchOptions }, use) => {
    const scenes: Scene[] = []
    await use(async (options) => {
      const scene = await Scene.start(site, launchOptions, { ...USUAL, ...options })
      scenes.push(scene)
      return scene
    })
    for (const scene of scenes) await scene.stop()
  },
})
