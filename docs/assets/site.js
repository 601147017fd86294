// Comfort only: ages in words, filters, sorting. Every page is whole without this file.
(() => {
  const DAY = 86400000

  function age(then) {
    const span = Date.now() - then
    if (span < 0) return ""
    const minutes = Math.round(span / 60000)
    if (minutes < 1) return "just now"
    if (minutes < 120) return `${minutes} min ago`
    const hours = Math.round(minutes / 60)
    return hours < 48 ? `${hours} hours ago` : `${Math.floor(span / DAY)} days ago`
  }

  for (const time of document.querySelectorAll("time[datetime]")) {
    const then = Date.parse(time.dateTime)
    const words = Number.isNaN(then) ? "" : age(then)
    if (!words) continue
    const note = document.createElement("span")
    note.className = "pb-ago"
    note.textContent = ` (${words})`
    if ("age" in time.dataset && Date.now() - then > 7 * DAY) {
      note.classList.add("pb-old")
      note.textContent = ` (${words}: older than 7 days)`
    }
    time.after(note)
  }

  // The theme's search dialog has no name for those who hear it.
  document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search")

  // The theme copies a block without its last line break, and git takes no diff without it.
  document.addEventListener("click", event => {
    const button = event.target.closest?.(".language-diff [data-clipboard-target]")
    const block = button && document.querySelector(button.dataset.clipboardTarget)
    if (block) button.dataset.clipboardText = `${block.textContent.trimEnd()}\n`
  }, true)

  // What is asked is words: the signs of a message would be rules of the search. The theme lets each
  // word stand for every longer one too, which then outweighs it; as it is written it counts more.
  // Signs tell a message: its words stand in the text of a step, and the rare ones lead there.
  const ask = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (message, ...more) {
    if (typeof message?.data !== "string") return ask.call(this, message, ...more)
    const said = message.data.toLowerCase()
    const words = new Set(said.match(/[\p{L}\p{N}_]+(?:\.\d[\p{L}\p{N}_]*)*/gu))
    const term = /[^\p{L}\p{N}\s.,?!_-]/u.test(said) ? word => `text:${word}^1` : word => `${word}^10 ${word}`
    const data = [...words].map(term).join(" ")
    return ask.call(this, { ...message, data }, ...more)
  }
  // The theme looks when a key goes up, and a mouse can paste as well.
  const query = document.querySelector("[data-md-component=search-query]")
  query?.addEventListener("input", () => query.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true })))

  // On paper nobody can follow a link: it says its whole address there.
  if (location.protocol.startsWith("http")) {
    for (const link of document.querySelectorAll(".md-content a[href]")) link.dataset.address = link.href
  }

  // A link to folded evidence opens what hides it.
  function reveal() {
    let at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)))
    if (!at) return
    const target = at
    for (; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true
    target.scrollIntoView()
  }
  addEventListener("hashchange", reveal)
  reveal()

  for (const tools of document.querySelectorAll(".pb-tools")) {
    const table = document.getElementById(tools.dataset.for)
    const words = tools.querySelector("input")
    const state = tools.querySelector("select")
    const count = tools.querySelector("output")
    if (!table) continue
    const rows = [...table.tBodies[0].rows]
    const texts = rows.map(row => row.textContent.toLowerCase())
    const apply = () => {
      const wanted = words ? words.value.trim().toLowerCase().split(/\s+/) : [""]
      let shown = 0
      rows.forEach((row, index) => {
        const fits = wanted.every(word => texts[index].includes(word)) &&
          (!state || !state.value || row.dataset.state === state.value)
        row.hidden = !fits
        shown += fits
      })
      if (count) count.textContent = `${shown} of ${rows.length} shown`
    }
    words && words.addEventListener("input", apply)
    state && state.addEventListener("change", apply)
    apply()
  }

  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const body = table.tBodies[0]
    const heads = [...table.tHead.rows[0].cells]
    const value = (row, index) => {
      const cell = row.cells[index]
      return cell.dataset.value ?? cell.textContent.trim()
    }
    heads.forEach((head, index) => {
      const button = document.createElement("button")
      button.type = "button"
      button.className = "pb-sort"
      button.append(...head.childNodes)
      head.append(button)
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending"
        heads.forEach(other => other.removeAttribute("aria-sort"))
        head.setAttribute("aria-sort", up ? "ascending" : "descending")
        const order = [...body.rows].sort((a, b) =>
          value(a, index).localeCompare(value(b, index), "en", { numeric: true }))
        body.append(...(up ? order : order.reverse()))
      })
    })
  }
})()
