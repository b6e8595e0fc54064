import { vi } from 'vitest'

/**
 * Waits until a check holds. Vitest's own second is too short for a machine that has other things to do; what never
 * comes is named after fifteen.
 */
export const eventually = (check: () => unknown): Promise<unknown> => vi.waitFor(check, 15_000)
