// htmx: the CSRF token goes with every request, and what comes back gets the reader's attention where it needs it.

export function startSwaps() {
  document.addEventListener('htmx:configRequest', (event) => {
    const token = document.querySelector('meta[name="csrf-token"]')
    if (token) event.detail.headers['X-CSRFToken'] = token.content
  })

  // A whole page in answer to a request for a piece (a proxy's error page, say) must not be put inside this one
  document.addEventListener('htmx:beforeSwap', (event) => {
    if (/^\s*<!doctype/i.test(event.detail.serverResponse)) event.detail.shouldSwap = false
  })

  // The error summary is read out first; so is a heading that asks for it. Never while somebody is typing in a form that saves itself.
  document.addEventListener('htmx:afterSettle', (event) => {
    if (event.detail.requestConfig?.elt.matches('[data-autosave]')) return
    const scope = event.detail.elt.isConnected ? event.detail.elt : document
    const target = scope.querySelector('.govuk-error-summary') || scope.querySelector('[data-focus]')
    if (!target) return
    target.setAttribute('tabindex', '-1')
    target.focus()
  })
}
