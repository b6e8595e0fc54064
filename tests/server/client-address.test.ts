import { expect, it } from 'vitest'
import { clientNetwork } from '../../server/http/client-address.ts'

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['none', 'none'],
])('the client at %s counts as %s', (address, network) => expect(clientNetwork(address)).toBe(network))
