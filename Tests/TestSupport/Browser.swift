import Foundation

/// A headless Chromium, driven through a pipe by its DevTools protocol. Requires only the browser itself.
///
/// Everything that the page reports (exceptions, console errors, failed loads, violations of the content security policy) is collected for
/// `complaints()`. Tests end with `close()`; a browser that is released without it is killed.
public actor Browser {
    /// The path of Chromium or Chrome, or nil if neither is installed.
    public static let executable: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        for name in ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") { return "\(folder)/\(name)" }
        }
        return nil
    }()

    public static var isPresent: Bool { executable != nil }

    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    public struct Settings: Sendable {
        public var width = 1280
        public var height = 900
        public var dark = false

        public init(width: Int = 1280, height: Int = 900, dark: Bool = false) {
            self.width = width
            self.height = height
            self.dark = dark
        }
    }

    /// The timeout of one response.
    private static let patience = Duration.seconds(90)

    private let child: ChildProcess
    private let commands: FileHandle
    private let profile: TemporaryFolder
    private var session: String?
    private var lastID = 0
    private var waiting: [Int: CheckedContinuation<DevToolsMessage, any Error>] = [:]
    private var complained: [String] = []

    public init(_ settings: Settings = Settings()) async throws {
        guard let executable = Browser.executable else { throw Problem(description: "there is no Chromium here") }
        profile = try TemporaryFolder("browser")
        signal(SIGPIPE, SIG_IGN)
        let (toBrowser, fromBrowser) = (Pipe(), Pipe())
        // The protocol's pipe is expected on descriptors 3 and 4.
        let flags = "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-dev-shm-usage --remote-debugging-pipe"
        child = try ChildProcess(
            "/bin/sh",
            ["-c", "exec \"$0\" \(flags) --user-data-dir=\"$1\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>&1", executable, profile.path],
            input: .descriptor(toBrowser.fileHandleForReading.fileDescriptor),
            output: .descriptor(fromBrowser.fileHandleForWriting.fileDescriptor))
        // Only the browser holds the far ends, so that its exit closes them.
        try toBrowser.fileHandleForReading.close()
        try fromBrowser.fileHandleForWriting.close()
        commands = toBrowser.fileHandleForWriting
        let (messages, arrival) = AsyncStream.makeStream(of: DevToolsMessage?.self)
        DevToolsReader(fromBrowser.fileHandleForReading) { arrival.yield($0) }.start()
        Task { [weak self] in
            for await message in messages { await self?.receive(message) }
        }
        try await attach(settings)
    }

    private func attach(_ settings: Settings) async throws {
        let targets = try await call("Target.getTargets").result?.targetInfos ?? []
        guard let page = targets.first(where: { $0.type == "page" }) else { throw Problem(description: "the browser has no page") }
        session = try await call("Target.attachToTarget", #"{"targetId":\#(Self.quoted(page.targetId)),"flatten":true}"#).result?.sessionId
        for domain in ["Page", "Runtime", "Log"] { try await call("\(domain).enable") }
        try await call(
            "Emulation.setDeviceMetricsOverride",
            #"{"width":\#(settings.width),"height":\#(settings.height),"deviceScaleFactor":1,"mobile":\#(settings.width < 600)}"#)
        try await call(
            "Emulation.setEmulatedMedia",
            #"{"features":[{"name":"prefers-color-scheme","value":"\#(settings.dark ? "dark" : "light")"}]}"#)
    }

    public func open(_ url: String) async throws {
        try await call("Page.navigate", #"{"url":\#(Self.quoted(url))}"#)
    }

    /// Shows the page as on paper, or as on a screen.
    public func show(asPrinted isPrinted: Bool) async throws {
        try await call("Emulation.setEmulatedMedia", #"{"media":"\#(isPrinted ? "print" : "")"}"#)
    }

    /// The value of a JavaScript expression, as text; promises are awaited.
    @discardableResult
    public func evaluate(_ expression: String) async throws -> String {
        let script = "(async () => String(await (\(expression))))()"
        let answer = try await call("Runtime.evaluate", #"{"expression":\#(Self.quoted(script)),"awaitPromise":true,"returnByValue":true}"#)
        if let exception = answer.result?.exceptionDetails { throw Problem(description: "\(expression): \(exception.words)") }
        return answer.result?.result?.text ?? ""
    }

    /// Waits until an expression is truthy.
    public func wait(for expression: String, seconds: Double = 120) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        var looks = 0
        // On a busy machine the time may be over after a few checks: then a few more follow.
        while ContinuousClock.now < end || (looks < 100 && ContinuousClock.now < end + Browser.patience) {
            looks += 1
            // A page that is being replaced cannot respond.
            if (try? await evaluate("!!(\(expression))")) == "true" { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let page = try? await evaluate("location.href + '; it shows: ' + (document.querySelector('dialog[open]') ?? document.body).innerText.replace(/\\s+/g, ' ').slice(0, 600)")
        throw Problem(description: "waited \(seconds) s in vain for \(expression) at \(page ?? "a page that does not answer")")
    }

    /// Waits until the page has been drawn and has not changed for a third of a second; a page that changes all the time is left after five seconds.
    public func settle() async throws {
        try await evaluate("""
            new Promise(done => {
              const end = setTimeout(done, 5000);
              let still;
              const observer = new MutationObserver(restart);
              function restart() {
                clearTimeout(still);
                still = setTimeout(() => { observer.disconnect(); clearTimeout(end); done(); }, 333);
              }
              observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
              restart();
            })
            """)
    }

    /// Clicks the first element that matches a selector and whose text contains `text`.
    public func click(_ selector: String, text: String = "") async throws {
        let place = "[...document.querySelectorAll(\(Self.quoted(selector)))].find(e => e.textContent.includes(\(Self.quoted(text))))"
        try await wait(for: place)
        try await evaluate("\(place).click()")
    }

    /// Replaces the content of a field by typing a text.
    public func fill(_ selector: String, _ text: String) async throws {
        let field = "document.querySelector(\(Self.quoted(selector)))"
        try await wait(for: field)
        try await evaluate(
            "(f => { f.value = \(Self.quoted(text)); for (const e of ['input', 'change']) f.dispatchEvent(new Event(e, {bubbles: true})); })(\(field))")
    }

    /// Presses and releases one key, given by its DOM name.
    public func press(_ key: String) async throws {
        let text = key.count == 1 ? #","text":\#(Self.quoted(key))"# : key == "Enter" ? #","text":"\r""# : ""
        // The browser's own handling of a key depends on its key code.
        let number = ["Tab": 9, "Escape": 27][key].map { #","windowsVirtualKeyCode":\#($0)"# } ?? ""
        try await call("Input.dispatchKeyEvent", #"{"type":"keyDown","key":\#(Self.quoted(key))\#(text)\#(number)}"#)
        try await call("Input.dispatchKeyEvent", #"{"type":"keyUp","key":\#(Self.quoted(key))\#(number)}"#)
    }

    /// A screenshot of the viewport, as PNG.
    public func screenshot(to path: String) async throws {
        let answer = try await call("Page.captureScreenshot", #"{"format":"png"}"#)
        guard let picture = answer.result?.data.flatMap({ Data(base64Encoded: $0) }) else { throw Problem(description: "no picture came") }
        try picture.write(to: URL(fileURLWithPath: path))
    }

    /// What the page reported since the last call.
    public func complaints() async throws -> [String] {
        try await evaluate("0")
        defer { complained = [] }
        return complained
    }

    /// Ends the browser; if it does not exit within twenty seconds, it is killed.
    public func close() async {
        _ = try? await call("Browser.close")
        _ = try? await child.end(within: 20)
    }

    // MARK: - The protocol

    @discardableResult
    private func call(_ method: String, _ parameters: String = "{}") async throws -> DevToolsMessage {
        lastID += 1
        let id = lastID
        let place = session.map { #","sessionId":\#(Self.quoted($0))"# } ?? ""
        let text = #"{"id":\#(id),"method":"\#(method)","params":\#(parameters)\#(place)}"#
        let answer = try await withCheckedThrowingContinuation { continuation in
            waiting[id] = continuation
            do {
                try commands.write(contentsOf: Data(text.utf8) + [0])
            } catch {
                waiting.removeValue(forKey: id)?.resume(throwing: error)
            }
            Task { [weak self] in
                try? await Task.sleep(for: Browser.patience)
                await self?.giveUp(id, method)
            }
        }
        if let error = answer.error { throw Problem(description: "\(method): \(error.message)") }
        return answer
    }

    private func giveUp(_ id: Int, _ method: String) {
        waiting.removeValue(forKey: id)?.resume(throwing: Problem(description: "\(method): no answer in \(Browser.patience)"))
    }

    /// Nil means that the browser exited.
    private func receive(_ message: DevToolsMessage?) {
        guard let message else {
            for continuation in waiting.values { continuation.resume(throwing: Problem(description: "the browser has ended")) }
            waiting = [:]
            return
        }
        if let id = message.id {
            waiting.removeValue(forKey: id)?.resume(returning: message)
        } else if let complaint = message.complaint {
            complained.append(complaint)
        }
    }

    private static func quoted(_ text: String) -> String {
        let data = try? JSONEncoder().encode(text)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
