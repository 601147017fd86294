// Browsers refuse to start a worker from a file:// page. There, and only there, search runs its
// worker script in a hidden frame of the same page; messages pass between the two as before.
if (location.protocol === "file:") {
  window.Worker = class FrameWorker extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      frame.title = "search worker"
      frame.setAttribute("aria-hidden", "true")
      document.body.append(frame)
      this.frame = frame
      const inner = frame.contentDocument
      inner.open()
      inner.write("<!doctype html><title>search worker</title>")
      inner.close()
      this.inner = frame.contentWindow
      this.inner.postMessage = data => {
        const event = new MessageEvent("message", { data })
        this.dispatchEvent(event)
        if (typeof this.onmessage === "function") this.onmessage(event)
      }
      this.ready = new Promise((resolve, reject) => {
        const script = inner.createElement("script")
        script.src = new URL(url, location.href).href
        script.onload = resolve
        script.onerror = () => reject(new Error(`cannot load ${script.src}`))
        inner.head.append(script)
      })
    }

    postMessage(data) {
      this.ready.then(() =>
        this.inner.dispatchEvent(new this.inner.MessageEvent("message", { data }))
      )
    }

    terminate() {
      this.frame.remove()
    }
  }
}
