// Forms that ask the browser for a passkey: <form data-passkey="get|create" data-options="…">. The device's answer goes into the
// form's hidden field `credential`, and the form is sent as any other.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (each) => each.charCodeAt(0))

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** What the server asks, with bytes where JSON has text. */
function options(form) {
  const asked = JSON.parse(form.dataset.options)
  asked.challenge = bytes(asked.challenge)
  if (asked.user) asked.user.id = bytes(asked.user.id)
  for (const list of ['allowCredentials', 'excludeCredentials']) {
    asked[list] = (asked[list] ?? []).map((each) => ({ ...each, id: bytes(each.id) }))
  }
  return asked
}

/** The device's answer as JSON, with text where it has bytes. */
function answer(credential) {
  const { response } = credential
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']
  const entries = parts.filter((part) => response[part]).map((part) => [part, text(response[part])])
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(entries)
  })
}

const WORDS = {
  InvalidStateError: 'This device has a passkey for TIA Hub already.',
  NotAllowedError: 'Nothing happened: it was cancelled, or took too long. You can try again.',
  SecurityError: 'Passkeys do not work at this address.'
}

async function ask(form) {
  const status = form.querySelector('[data-passkey-status]')
  status.textContent = ''
  try {
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: options(form) })
    form.elements.credential.value = answer(credential)
  } catch (error) {
    status.textContent = WORDS[error.name] ?? 'This device can’t do that.'
    return
  }
  form.submit()
}

export function startPasskeys() {
  if (!window.PublicKeyCredential) return
  for (const form of document.querySelectorAll('[data-passkey]')) {
    form.hidden = false
    document.querySelectorAll('[data-passkey-needs]').forEach((words) => { words.hidden = true })
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      ask(form)
    })
  }
}
