// Copies of what could not be saved, in sessionStorage: this tab only, gone when it closes, and never shown to another person
// who signs in on the same tab.

const PREFIX = 'tia-hub-draft'

const owner = () => document.querySelector('meta[name="draft-owner"]')?.content ?? ''
const key = (form) => `${PREFIX} ${location.pathname} ${form.id}`

/** What the page itself brought, and yet belongs to the words: from which state of things they were written. */
const origin = (control) => control.type === 'hidden' && 'draftOrigin' in control.dataset

/** The controls whose words may be kept: no secrets, no files, nothing else that the page itself brought. */
function controls(form) {
  const never = ['hidden', 'password', 'file', 'submit', 'button']
  return [...form.elements].filter((control) => control.name && (origin(control) || !never.includes(control.type)))
}

const choice = (control) => control.type === 'radio' || control.type === 'checkbox'

function words(control) {
  if (choice(control)) return control.checked
  if (control.multiple) return [...control.selectedOptions].map((option) => option.value)
  return control.value
}

/** One entry a control; several controls may share a name, so each has its place among them. */
function content(form) {
  const seen = new Map()
  return controls(form).map((control) => {
    const name = choice(control) ? `${control.name}=${control.value}` : control.name
    const place = seen.get(name) ?? 0
    seen.set(name, place + 1)
    return [`${name}#${place}`, words(control), control]
  })
}

export function keepDraft(form) {
  const entries = content(form).map(([name, value]) => [name, value])
  try {
    sessionStorage.setItem(key(form), JSON.stringify({ owner: owner(), entries }))
  } catch {
    // Storage is full or forbidden: the words are still in the form, and leaving the page warns
  }
}

export function dropDraft(form) {
  try {
    sessionStorage.removeItem(key(form))
  } catch {
    // Forbidden storage holds no draft
  }
}

export function dropAllDrafts() {
  try {
    Object.keys(sessionStorage)
      .filter((name) => name.startsWith(PREFIX))
      .forEach((name) => sessionStorage.removeItem(name))
  } catch {
    // Forbidden storage holds no draft
  }
}

/** What was kept for this form, if it is this person's and says something else than the form does; otherwise nothing. */
export function readDraft(form) {
  let draft
  try {
    draft = JSON.parse(sessionStorage.getItem(key(form)))
  } catch {
    return null
  }
  if (!draft) return null
  const kept = new Map(draft.entries)
  const differs = content(form).some(
    ([name, value, control]) => !origin(control) && kept.has(name) && JSON.stringify(kept.get(name)) !== JSON.stringify(value)
  )
  if (draft.owner !== owner() || !differs) {
    dropDraft(form)
    return null
  }
  return {
    restore(into) {
      for (const [name, , control] of content(into)) {
        if (!kept.has(name)) continue
        const value = kept.get(name)
        if (choice(control)) control.checked = value
        else if (control.multiple) [...control.options].forEach((option) => { option.selected = value.includes(option.value) })
        else control.value = value
      }
    }
  }
}

/** Text that was typed into a form while its answer, the form again, was on its way. */
export function carryWords(from, into) {
  const typed = new Map(content(from).map(([name, value]) => [name, value]))
  for (const [name, , control] of content(into)) {
    if (typed.has(name) && !choice(control) && !origin(control) && !control.multiple) control.value = typed.get(name)
  }
}
