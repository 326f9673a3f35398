import { sessionRule } from '../encoder/rule-of.ts'
import { info } from '../findings.ts'

export const tls = sessionRule(
  {
    id: 'rtmp.client.tls',
    level: 'info',
    title: 'RTMPS is used where it is offered',
    source: {
      document: 'nanoStream Cloud documentation, firewall settings',
      clause: 'RTMPS, port 1937',
    },
    advice: 'Publish to the rtmps:// address where the network in between is not yours.',
    mutants: [],
  },
  ({ protocol }) =>
    info('RTMPS where offered', protocol === 'rtmps' ? 'RTMPS' : 'RTMP, not encrypted'),
)
