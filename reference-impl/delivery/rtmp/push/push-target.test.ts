import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodedError } from '../../../errors.ts'
import { PushPolicy } from './push-policy.ts'
import { allowedAddress, parsePushUrl } from './push-target.ts'

describe('A push URL', () => {
  it.each([
    ['rtmp://127.0.0.1/live/key', { host: '127.0.0.1', port: 1935, app: 'live', key: 'key' }],
    ['rtmps://a.test/app/inst/k?x=/y', { secure: true, port: 443, app: 'app/inst', key: 'k?x=/y' }],
    ['rtmp://[::1]:80/live/k', { host: '::1', port: 80, tcUrl: 'rtmp://[::1]:80/live' }],
  ])('%s is taken apart', (url, target) => {
    expect(parsePushUrl(url)).toMatchObject(target)
  })

  it.each([
    'http://127.0.0.1/live/key',
    'rtmp://127.0.0.1/live',
    'rtmp://127.0.0.1/live/',
    'rtmp:///live/key',
    'rtmp://user:secret@127.0.0.1/live/key',
    'rtmp://127.0.0.1:99999/live/key',
    'rtmp://127.0.0.1/live/key#x',
  ])('%s is refused', (url) => {
    expect(() => parsePushUrl(url)).toThrow(expect.objectContaining({ code: 'LP_PUSH_URL' }))
  })

  it('is taken apart or refused, whatever it is', () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl({ validSchemes: ['rtmp', 'rtmps', 'http'], withQueryParameters: true }),
    )
    fc.assert(
      fc.property(text, (url) => {
        try {
          const { host, port, app, key } = parsePushUrl(url)
          expect([host, app, key]).not.toContain('')
          expect(port).toBeGreaterThanOrEqual(0)
          expect(port).toBeLessThanOrEqual(65_535)
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError)
        }
      }),
    )
  })
})

describe('Where streams may be pushed to', () => {
  it('is this machine alone, in every spelling', () => {
    const policy = new PushPolicy()
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
      expect([address, policy.allows(address)]).toEqual([address, true])
    }
    const others = ['10.0.0.1', '169.254.169.254', '0.0.0.0', '::', 'fe80::1', '::ffff:10.0.0.1']
    for (const address of [...others, 'localhost', '']) {
      expect([address, policy.allows(address)]).toEqual([address, false])
    }
  })

  it('is what the command line adds, and no more', () => {
    const policy = new PushPolicy(['192.0.2.0/24', '2001:db8::7'])
    expect(policy.allows('192.0.2.9')).toBe(true)
    expect(policy.allows('2001:db8::7')).toBe(true)
    expect(policy.allows('192.0.3.1')).toBe(false)
    expect(policy.allows('2001:db8::8')).toBe(false)
  })

  it.each(['example.com', '10.0.0.0/33', '::1/129', '10.0.0.0/', ''])('cannot be %j', (range) => {
    expect(() => new PushPolicy([range])).toThrow(
      expect.objectContaining({ code: 'LP_PUSH_ALLOW' }),
    )
  })

  it('is checked on the addresses that a name has, and the checked one is used', async () => {
    const policy = new PushPolicy()
    const resolve = async () => ['10.0.0.1', '127.0.0.2']
    expect(await allowedAddress('a.test', policy, resolve)).toBe('127.0.0.2')
    await expect(allowedAddress('a.test', policy, async () => ['10.0.0.1'])).rejects.toThrow(
      expect.objectContaining({ code: 'LP_PUSH_DENIED' }),
    )
    // An address is no name: nobody is asked about it.
    await expect(allowedAddress('10.0.0.1', policy, resolve)).rejects.toThrow(
      expect.objectContaining({ code: 'LP_PUSH_DENIED' }),
    )
    const fails = async () => {
      throw new Error('ENOTFOUND')
    }
    await expect(allowedAddress('a.test', policy, fails)).rejects.toThrow(
      expect.objectContaining({ code: 'LP_PUSH_RESOLVE' }),
    )
  })
})
