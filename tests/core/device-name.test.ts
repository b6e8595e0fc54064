import { describe, expect, test } from 'vitest'
import { DEVICE_NAME_MAX, deviceName, readDeviceName } from '../../src/core/device-name.ts'

describe('what a device is called', () => {
  test('by itself, until a person names it', () => {
    const linux =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
    expect(deviceName(linux)).toBe('Chrome on Linux')
    expect(deviceName('curl/8')).toBe('Browser on a device')
  })

  test('by a person: what was typed without the spaces around it', () => {
    expect(readDeviceName('  Ada’s phone ')).toBe('Ada’s phone')
    expect(readDeviceName(` ${'x'.repeat(DEVICE_NAME_MAX)} `)).toHaveLength(60)
  })

  test('never nothing, too much, more than a line, or half a character', () => {
    for (const typed of ['', ' \t ', 'x'.repeat(61), 'two\nlines', 'nul \0', 'half \ud800', '\u009f'])
      expect(readDeviceName(typed)).toBe(null)
  })

  test('never only what nobody can see; beside something visible that may stand', () => {
    for (const typed of ['\u200b', '\u202e \u200f', '\u2066\u2069', '\u3164', '\ufe0f', '\u00ad'])
      expect(readDeviceName(typed)).toBe(null)
    expect(readDeviceName('👩\u200d💻')).toBe('👩\u200d💻')
    expect(readDeviceName('\u200fטלפון')).toBe('\u200fטלפון')
  })
})
