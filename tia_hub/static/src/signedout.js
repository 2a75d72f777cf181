// Signing in again in place. A save that finds its session gone opens a box over the page: sign in, in a new tab, and come back.
// Tabs tell each other who is signed in, by an identifier alone. The waiting one then fetches a new token and sends again what
// it holds, if it is the same person; another one's page is covered, with all that was typed in it.
const CHANNEL = 'tia-hub-signed-in'

const owner = (page) => page.querySelector('meta[name="draft-owner"]')?.content ?? ''

/** The token of the session that is there now, if it is the same person's as this page. */
async function freshToken() {
  const response = await fetch('/account', { headers: { Accept: 'text/html' }, credentials: 'same-origin' })
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  return { owner: owner(page), token: page.querySelector('meta[name="csrf-token"]')?.content ?? '' }
}

function box() {
  const dialog = document.createElement('dialog')
  dialog.className = 'app-dialog'
  dialog.setAttribute('aria-labelledby', 'signed-out-title')
  dialog.innerHTML = `
    <h2 class="govuk-heading-m" id="signed-out-title">You were signed out</h2>
    <p class="govuk-body" data-words>What you typed is kept in this page. Sign in again, and it is saved.</p>
    <p class="govuk-body"><a class="govuk-button" href="/sign-in" target="_blank">Sign in (opens in a new tab)</a></p>
    <button type="button" class="app-link-button" data-close>Not now</button>`
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => { if (!document.querySelector('main').hidden) dialog.remove() })
  document.body.append(dialog)
  return dialog
}

let waiting = null

/** Cover the page: its words belong to somebody else than who is signed in now. */
function cover() {
  document.querySelector('main').hidden = true
  waiting ??= box()
  waiting.querySelector('[data-words]').textContent =
    'Somebody else is signed in now. What was typed in this page is kept for its writer alone: sign in as them to go on.'
  if (!waiting.open) waiting.showModal()
}

async function goOn(again) {
  const now = await freshToken()
  if (now.owner === '') return
  if (now.owner !== owner(document)) {
    cover()
    return
  }
  document.querySelectorAll('meta[name="csrf-token"]').forEach((meta) => { meta.content = now.token })
  document.querySelectorAll('input[name="csrf_token"]').forEach((field) => { field.value = now.token })
  document.querySelector('main').hidden = false
  waiting?.close()
  waiting = null
  again()
}

/** Ask to sign in again; `again` runs once that is done. */
export function startSignedOut(again) {
  const channel = new BroadcastChannel(CHANNEL)

  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.xhr.status !== 401 || waiting?.isConnected) return
    waiting = box()
    waiting.showModal()
  })

  // A page that was answered in place of a form waits as well, and goes on by itself
  const page = document.querySelector('form[data-go-on]')
  channel.addEventListener('message', (event) => {
    if (page) page.submit()
    else if (owner(document) && event.data !== owner(document)) cover()
    else if (waiting) goOn(again)
  })
  document.querySelector('form[data-send-again]')?.submit()
  if (owner(document)) channel.postMessage(owner(document))
}
