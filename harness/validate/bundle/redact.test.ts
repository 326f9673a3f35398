import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IngestRecord } from '../../conformance/ingest-record.ts'
import { encoderSideRules } from '../../conformance/registry.ts'
import { command, goodEvents, madeSession } from '../../conformance/testing/ingest-session.ts'
import { cleanText, redactEvidence, shapeOf } from './redact.ts'

const NAME = 'aB3dE-xY9zQ'
const TOKEN = 'hunter2secret'
const ADDRESS = '203.0.113.77'

const rtmp: IngestRecord = {
  ...madeSession({
    seconds: 20,
    events: [
      ...goodEvents.filter((event) => event.type !== 'command'),
      command('connect', 1, [
        { app: 'live', tcUrl: `rtmp://u:pw@${ADDRESS}:1935/live?k=${TOKEN}` },
      ]),
      command('createStream', 4, [null]),
      command('releaseStream', 2, [null, NAME]),
      command('publish', 5, [null, `${NAME}?token=${TOKEN}`, 'live'], 1),
      { at: 18, type: 'publish', name: NAME, kind: 'live', params: { token: TOKEN } },
    ],
  }),
  stream: NAME,
  remote: `${ADDRESS}:50123`,
}

const srt: IngestRecord = {
  ...madeSession({ seconds: 20 }),
  protocol: 'srt',
  stream: NAME,
  remote: `${ADDRESS}:50123`,
  events: [
    {
      ...{ at: 1, type: 'srt-handshake', streamId: `#!::m=publish,r=${NAME},s=${TOKEN}` },
      ...{ inductionVersion: 4, inductionCookieZero: true, version: 5, requested: true },
      ...{
        streamIdBytes: 40,
        streamIdForm: 'access-control',
        callerLatencyMs: 200,
        latencyMs: 200,
      },
    },
  ],
}

describe('Redaction', () => {
  it.each([
    ['RTMP', rtmp],
    ['SRT', srt],
  ])('leaves no key, token or address of a session over %s', (_, record) => {
    const text = JSON.stringify(redactEvidence({ sessions: [record] }, [NAME]))
    for (const secret of [NAME, 'aB3dE', 'xY9zQ', TOKEN, ADDRESS, 'u:pw'])
      expect(text).not.toContain(secret)
  })

  it.each([
    ['RTMP', rtmp],
    ['SRT', srt],
  ])('changes no verdict on a session over %s', (_, record) => {
    const before = { sessions: [record] }
    const after = redactEvidence(before, [NAME])
    for (const rule of encoderSideRules)
      expect([rule.id, rule.check(after).result]).toEqual([rule.id, rule.check(before).result])
  })

  it('keeps a key that is wrong as wrong as it was', () => {
    const wrong = structuredClone(rtmp)
    wrong.events = [
      ...goodEvents,
      command('publish', 6, [null, 'live/aB3dE-xY9zQ', 'live'], 1),
    ].filter((event) => event.type !== 'command' || event['name'] !== 'publish' || event.at === 16)
    const rule = encoderSideRules.find(({ id }) => id === 'rtmp.client.key-grammar')!
    const after = redactEvidence({ sessions: [wrong] }, [])
    expect(rule.check(after).result).toBe('broken')
    expect(JSON.stringify(after)).not.toContain('aB3dE')
  })

  it('leaves versions alone that look like addresses', () => {
    const text = 'obs-output module (libobs version 29.0.2.1-1+b1)'
    expect(cleanText(text, [NAME], [ADDRESS])).toBe(text)
  })

  it('keeps the form of every word', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const shape = shapeOf(text)
        expect(shape).toHaveLength(text.length)
        expect(shape).not.toMatch(/[A-WYZa-z0-9]/)
      }),
    )
  })
})
