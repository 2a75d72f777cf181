// Forms that save as one types: <form data-autosave id="…" hx-post="…">, with a [data-save-status] line inside. A part of a form
// can do so by itself: <fieldset data-autosave …> with hx-params, while the form's own button sends them all.
//
// A form is `unsaved` from the first key until the server has taken what it says. When the server can't be reached, what was
// typed stays in the form and a copy goes to sessionStorage (this tab only), from where it is offered again.
import { carryWords, dropAllDrafts, dropDraft, keepDraft, readDraft } from './drafts.js'

/** Answers that are the form again, with what is wrong said in it. */
const FORM_AGAIN = [409, 413, 422]
const RETRY_AFTER = 15000 // milliseconds

/** Each form's count of edits, and how many of them the last successful request carried. */
const edits = new WeakMap()

const autosaved = (element) => element?.closest?.('[data-autosave]')
const state = (form) => {
  if (!edits.has(form)) edits.set(form, { made: 0, sent: 0, saved: 0, failed: false })
  return edits.get(form)
}
const unsaved = (form) => state(form).made > state(form).saved

function say(form, text, kind) {
  const line = form.querySelector('[data-save-status]')
  if (!line) return
  line.textContent = text
  line.dataset.state = kind
}

function clock() {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London' }).format(new Date())
}

/** A whole page is never the answer to a save: it is the sign-in page that somebody was sent to, or a proxy's. */
const wholePage = (xhr) => /^\s*<!doctype/i.test(xhr.response)

function reason(xhr) {
  const again = 'Your text is kept in this tab'
  if (!xhr || xhr.status === 0) return `the service can’t be reached. ${again} and sent when it is back.`
  if (xhr.status === 401 || (xhr.status < 400 && wholePage(xhr))) {
    return `you are signed out. ${again}, and saved when you have signed in again.`
  }
  if (xhr.status === 400) return `this page has been open too long. ${again}: open the page again.`
  if (xhr.status === 403 || xhr.status === 404) return `this is no longer open to you. ${again}.`
  if (xhr.status === 413) return 'this is more text than can be saved here. Your text is kept in this tab.'
  return `the service has a problem. ${again} and sent again in a moment.`
}

/** Send what is unsaved again, as if it had just been changed. */
function retry(form) {
  if (form.isConnected && unsaved(form)) form.dispatchEvent(new Event('change', { bubbles: true }))
}

/** Send everything on the page that is unsaved. */
export function sendUnsaved() {
  document.querySelectorAll('[data-autosave]').forEach(retry)
}

function failed(form, xhr) {
  const now = state(form)
  now.failed = true
  keepDraft(form)
  say(form, `Not saved: ${reason(xhr)}`, 'failed')
  if (xhr.status === 0 || xhr.status >= 500 || xhr.status === 429) {
    clearTimeout(now.timer)
    now.timer = setTimeout(() => retry(form), RETRY_AFTER)
  }
}

/** The server answered with the form again: it says itself what is wrong, and holds what it was sent; what was typed meanwhile is carried over. */
function answered(form) {
  const again = document.getElementById(form.id)
  if (!again) return
  carryWords(form, again)
  state(again).made = 1
  say(again, 'Not saved yet: please look at what is marked here.', 'failed')
}

function offer(form) {
  const draft = readDraft(form)
  if (!draft) return
  const box = document.createElement('div')
  box.className = 'app-kept'
  box.setAttribute('role', 'region')
  box.setAttribute('aria-label', 'Text that was not saved')
  const words = document.createElement('p')
  words.textContent = 'Some of what you typed here was not saved, and is kept in this tab.'
  box.append(words)
  const choice = (text, act, secondary) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = `govuk-button${secondary ? ' govuk-button--secondary' : ''}`
    button.textContent = text
    button.addEventListener('click', () => {
      act()
      box.remove()
      const field = form.querySelector('textarea, input:not([type=hidden]), select')
      if (field) field.focus()
    })
    box.append(button)
  }
  choice('Put it back', () => {
    draft.restore(form)
    form.dispatchEvent(new Event('change', { bubbles: true }))
  })
  choice('Discard it', () => dropDraft(form), true)
  form.prepend(box)
}

function edited(event) {
  const form = autosaved(event.target)
  if (!form) return
  // A change follows the input of the same words: it counts only where there was no input (a restored draft, the form itself)
  if (event.type === 'change' && event.target !== form) return
  const now = state(form)
  now.made += 1
  if (now.failed) keepDraft(form)
}

export function startAutosave() {
  // Counted on the way down, before htmx hears of it
  document.addEventListener('input', edited, true)
  document.addEventListener('change', edited, true)

  document.addEventListener('htmx:beforeRequest', (event) => {
    const form = event.detail.elt
    if (!form.matches('[data-autosave]')) return
    if (!unsaved(form)) {
      event.preventDefault() // the change that follows words already sent
      return
    }
    state(form).sent = state(form).made
    say(form, 'Saving…', 'saving')
  })

  // Words are never replaced by an error: only an answer that is a form again (422, 409, 413) may take their place
  document.addEventListener('htmx:beforeSwap', (event) => {
    const form = event.detail.requestConfig?.elt
    if (!form?.matches('[data-autosave]') || event.detail.xhr.status < 400) return
    if (!FORM_AGAIN.includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = false
      return
    }
    if (form.getAttribute('hx-swap') === 'none' && event.detail.shouldSwap) {
      event.detail.swapOverride = 'outerHTML'
      event.detail.target = form
    }
  })

  document.addEventListener('htmx:afterRequest', (event) => {
    const { elt, requestConfig, successful, xhr } = event.detail
    const form = requestConfig?.elt ?? elt
    if (!form.matches('[data-autosave]')) return
    if (!successful || wholePage(xhr)) {
      if (FORM_AGAIN.includes(xhr.status) && !form.isConnected) answered(form)
      else failed(form, xhr)
      return
    }
    const now = state(form)
    now.saved = now.sent
    now.failed = false
    if (unsaved(form)) return
    dropDraft(form)
    say(form, `Saved ${clock()}`, 'saved')
  })

  document.addEventListener('submit', (event) => {
    if (event.target.matches('[data-sign-out]')) dropAllDrafts()
    // An ordinary submit carries everything: no warning
    const parts = event.target.matches('[data-autosave]') ? [event.target] : event.target.querySelectorAll('[data-autosave]')
    parts.forEach((part) => { state(part).saved = state(part).made })
  })

  window.addEventListener('online', sendUnsaved)

  window.addEventListener('beforeunload', (event) => {
    const waiting = [...document.querySelectorAll('[data-autosave]')].filter(unsaved)
    if (waiting.length === 0) return
    waiting.forEach(keepDraft)
    event.preventDefault()
  })

  document.querySelectorAll('[data-autosave]').forEach(offer)
}
