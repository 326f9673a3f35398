import type { Fault } from './fault.ts'

const FOREVER = Number.POSITIVE_INFINITY

export const whipFaults: readonly Fault[] = [
  {
    id: 'no-location',
    summary: 'The answer to an offer does not say where the session is.',
    breaks: ['whip.server.created'],
    install({ whip }) {
      whip.answer = (answer) =>
        answer.status === 201 ? { ...answer, headers: without(answer.headers, 'Location') } : answer
    },
  },
  {
    id: 'answers-vp8',
    summary: 'The answer chooses VP8, whatever was offered.',
    breaks: ['whip.server.answer'],
    install({ whip }) {
      whip.description = (sdp) =>
        sdp
          .replace(/^(a=rtpmap:\d+) H264\/90000/m, '$1 VP8/90000')
          .replace(/^a=fmtp:\d+ .*packetization-mode.*\r\n/m, '')
    },
  },
  {
    id: 'any-type',
    summary: 'An offer may be of any content type.',
    breaks: ['whip.server.content-type'],
    install({ whip }) {
      whip.isOfferType = () => true
    },
  },
  {
    id: '500-on-bad-sdp',
    summary: 'Descriptions that cannot be used are answered as if the server were broken.',
    breaks: ['whip.server.bad-offer'],
    install({ whip }) {
      whip.answer = (answer, { method }) =>
        method === 'POST' && (answer.status === 400 || answer.status === 422)
          ? { ...answer, status: 500, body: '' }
          : answer
    },
  },
  {
    id: 'delete-without-auth',
    summary: 'Whoever knows the address of a session may end and change it.',
    breaks: ['whip.server.auth'],
    install({ whip }) {
      whip.mayManage = () => true
    },
  },
  {
    id: 'delete-keeps-live',
    summary: 'DELETE is answered, and the stream stays live.',
    breaks: ['whip.server.delete'],
    install({ whip }) {
      whip.endsOnDelete = () => false
    },
  },
  {
    id: 'patch-500',
    summary: 'PATCH is answered as if the server were broken.',
    breaks: ['whip.server.patch'],
    install({ whip }) {
      whip.answer = (answer, { method }) =>
        method === 'PATCH' ? { ...answer, status: 500, body: '' } : answer
    },
  },
  {
    id: 'no-link',
    summary: 'Clients are not told which STUN and TURN servers to use.',
    breaks: ['whip.server.link-ice'],
    install({ whip }) {
      whip.answer = (answer) => ({ ...answer, headers: without(answer.headers, 'Link') })
    },
  },
  {
    id: 'zombie',
    summary: 'A publisher that vanished stays for ever.',
    breaks: ['whip.server.consent'],
    install({ whip }) {
      const previous = whip.limits
      whip.limits = (limits) => ({ ...previous(limits), consentMs: FOREVER, silentMs: FOREVER })
    },
  },
  {
    id: 'impatient',
    summary: 'A packet of WebRTC that is missing is given up at once.',
    breaks: ['resilience.webrtc-reordering'],
    install({ whip }) {
      const previous = whip.limits
      whip.limits = (limits) => ({ ...previous(limits), lossMs: 1 })
    },
  },
  {
    id: 'one-address',
    summary: 'A WebRTC publisher may send from the address that it began with, and from no other.',
    breaks: ['resilience.webrtc-rebinding'],
    install({ whip }) {
      const previous = whip.limits
      whip.limits = (limits) => ({ ...previous(limits), maxAddresses: 1 })
    },
  },
  {
    id: 'feedback-to-first-address',
    summary: 'Reports and requests for lost packets go on to the address of before.',
    breaks: ['resilience.webrtc-rebinding'],
    install({ whip }) {
      whip.followsMedia = () => false
    },
  },
]

function without<T>(headers: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name))
}
