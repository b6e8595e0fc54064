import type { SimDevice } from './device.ts'
import { tokensIn } from './model.ts'
import type { Random } from './random.ts'
import type { Simulation } from './simulation.ts'
import type { Doing } from './steps.ts'
import type { SimTab } from './tab.ts'

/** What a person does with tabs rather than in them. */
export function inTabs(sim: Simulation, device: SimDevice, doing: Doing, random: Random): void {
  const tab = random.pick(device.tabs.filter(({ ready }) => ready))
  if (!tab) return
  if (doing === 'reload') reload(sim, device, tab, random)
  else
    sim.scheduler.post(tab.actor, () => {
      device.attend(tab)
      // What fails here the page offers again.
      if (sim.rights) void attended(sim, tab, doing, random).catch(() => {})
    })
}

async function attended(sim: Simulation, tab: SimTab, doing: Doing, random: Random): Promise<void> {
  const { tabs } = tab.page
  if (doing === 'take') await tabs.takeControl()
  if (doing === 'taking') await tabs.setTaking(random.chance(0.5) ? 'focus' : 'ask')
  const draft = doing === 'draft' ? random.pick(tabs.drafts) : undefined
  if (!draft) return
  if (random.chance(0.7)) return tabs.takeDraft(draft.id)
  // A person reads it and gives up what it alone holds.
  const shown = new Set(tokensIn(draft.shown))
  sim.model.drop(tokensIn(draft.typed).filter((token) => !shown.has(token)))
  await tabs.dropDraft(draft.id)
}

/** It comes back soon, or only when another tab has its right. */
function reload(sim: Simulation, device: SimDevice, tab: SimTab, random: Random): void {
  const { id } = tab.presence
  device.closeTab(tab, false)
  const away = random.chance(0.7) ? random.below(900) : random.below(4000)
  sim.scheduler.after(away, sim.scheduler.root, () => {
    if (!device.tabs.some(({ presence }) => presence.id === id)) device.openTab(id)
  })
}

/** It hears nothing any more; mostly the browser says so before, and it lets go of its right. */
export function freeze(sim: Simulation, tab: SimTab, random: Random): void {
  tab.frozen = true
  if (!sim.rights || !tab.ready) return
  const told = random.chance(0.5)
  sim.scheduler.post(tab.actor, () => {
    if (told) tab.page.tabs.freeze()
    tab.show(false)
  })
}

export function thaw(sim: Simulation, device: SimDevice, tab: SimTab, random: Random): void {
  sim.scheduler.post(tab.actor, () => {
    tab.thaw(random.chance(0.4))
    if (tab.ready) device.attend(tab)
  })
}

/** In the end a person takes in whatever was kept for them. */
export function takeDrafts(sim: Simulation, device: SimDevice): void {
  const ready = device.tabs.filter((each) => each.ready)
  const tab = ready.find(({ presence }) => presence.visible) ?? ready[0]
  if (!tab || !sim.rights) return
  sim.scheduler.post(tab.actor, async () => {
    const { tabs } = tab.page
    if (!tab.presence.visible) device.attend(tab)
    await tabs.readDrafts()
    for (const { id } of tabs.drafts) await tabs.takeDraft(id)
  })
}
