import { describe, expect, test } from 'vitest'
import { urlKey } from '../../src/core/url.ts'
import { URL_CASES } from '../support/device-urls.ts'

describe('urlKey', () => {
  test.each(URL_CASES)('%s has the key %s', (url, key) => {
    expect(urlKey(url)).toBe(key)
  })

  test('a key is its own key', () => {
    for (const [, key] of URL_CASES) if (key !== null) expect(urlKey(key)).toBe(key)
  })
})
