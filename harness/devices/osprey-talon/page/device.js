// Shows the fields of the chosen protocol, and the state of the channel while it streams.
const POLL_MS = 1_000

const protocol = document.getElementById('protocol')
if (protocol) {
  const show = () => {
    const { kind } = protocol.selectedOptions[0].dataset
    for (const field of document.querySelectorAll('.field')) {
      const wants = field.dataset.for.split(' ')
      field.hidden = !wants.includes('*') && !wants.includes(kind)
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
    place.textContent = status.texts[place.dataset.status]
  }
}

async function follow() {
  try {
    await refresh()
  } catch {
    state.dataset.state = 'failed'
    state.querySelector('strong').textContent = 'The device does not answer'
  }
  setTimeout(follow, POLL_MS)
}

if (state) setTimeout(follow, POLL_MS)

// One menu at a time, and none after a click elsewhere.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('nav details[open]')) {
    if (!menu.contains(event.target)) menu.open = false
  }
})
