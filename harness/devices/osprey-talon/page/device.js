// Shows the fields of the chosen protocol, and the state of the channel while it streams.
const KINDS = {
  'nanocosmos (RTMP)': 'rtmp',
  'RTMP/RTMPS': 'rtmp',
  'TS over SRT': 'srt',
  'nanocosmos WHIP': 'whip',
}
const STATES = {
  stopped: 'Stopped',
  connecting: 'Connecting',
  streaming: 'Streaming',
  interrupted: 'Interrupted, trying again',
  failed: 'Failed',
}
const UNITS = { seconds: ' s', kbps: ' kbit/s' }
const POLL_MS = 1_000

const protocol = document.getElementById('protocol')
if (protocol) {
  const show = () => {
    for (const field of document.querySelectorAll('.field')) {
      const wants = field.dataset.for.split(' ')
      field.hidden = !wants.includes('*') && !wants.includes(KINDS[protocol.value])
    }
  }
  protocol.addEventListener('change', () => {
    const url = document.getElementById('destinationUrl')
    if (protocol.value === 'nanocosmos (RTMP)' && url.value === '') {
      url.value = document.getElementById('channel').dataset.preset
    }
    show()
  })
  show()
}

const state = document.querySelector('.state')

async function refresh() {
  const response = await fetch('/status.json', { redirect: 'error' })
  if (!response.ok) throw new Error(String(response.status))
  const status = await response.json()
  state.dataset.state = status.state
  for (const place of document.querySelectorAll('[data-status]')) {
    const name = place.dataset.status
    if (name === 'state') place.textContent = STATES[status.state]
    else if (name === 'message') place.textContent = status.state === 'failed' ? status.message : ''
    else place.textContent = status[name] === '' ? '–' : `${status[name]}${UNITS[name] ?? ''}`
  }
}

async function follow() {
  try {
    await refresh()
    setTimeout(follow, POLL_MS)
  } catch {
    state.dataset.state = 'failed'
    state.querySelector('strong').textContent = 'The device does not answer; load the page again'
  }
}

if (state) setTimeout(follow, POLL_MS)

// One menu at a time, and none after a click elsewhere.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('nav details[open]')) {
    if (!menu.contains(event.target)) menu.open = false
  }
})
