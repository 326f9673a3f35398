import { type Case, findingOf } from '../rtmp-server/cases.ts'
import { stateWithin } from './state-within.ts'
import { whipRule } from './whip-rule.ts'

const END_MS = 1_000

export const deleteSession = whipRule(
  {
    id: 'whip.server.delete',
    level: 'must',
    title: 'DELETE ends the session and its stream within 1 s; a second one finds nothing',
    source: { document: 'RFC 9725', clause: '§4.2' },
    advice: 'answer DELETE with 200, end the stream, and forget the session',
    mutants: [{ kind: 'fault', id: 'delete-keeps-live' }],
    expected: '200, the stream ended within 1 s, then 404',
  },
  async (stage, expected) => {
    const place = await stage.place()
    const { session } = await stage.publish(place)
    const cases: Case[] = []
    const live = await stateWithin(stage.context, place.stream.id, 'live', 2_000)
    cases.push({ name: 'before', ok: live === 'live', seen: `the stream is ${live}` })
    const first = await stage.call(session, 'DELETE', { token: place.token })
    cases.push({ name: 'DELETE', ok: first.status === 200, seen: `answered ${first.status}` })
    const state = await stateWithin(stage.context, place.stream.id, 'ended', END_MS)
    cases.push({ name: 'after 1 s', ok: state === 'ended', seen: `the stream is ${state}` })
    const again = await stage.call(session, 'DELETE', { token: place.token })
    cases.push({ name: 'DELETE again', ok: again.status === 404, seen: `answered ${again.status}` })
    return findingOf(expected, cases)
  },
)
