import Foundation

/// A real Chromium without a window, driven through a pipe by its DevTools protocol. Needs nothing but the browser itself.
///
/// Everything that the page complains about (exceptions, console errors, failed loads, breaches of the content security policy) is kept for
/// `complaints()`. Tests end by `close()`; a browser that is let go is killed.
public actor Browser {
    /// The path of a Chromium or Chrome, or nil where there is none.
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

    /// The longest wait for one answer.
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
        // Only the browser holds the far ends, so that its end is ours.
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

    /// The value of a JavaScript expression, as text; promises are awaited.
    @discardableResult
    public func evaluate(_ expression: String) async throws -> String {
        let script = "(async () => String(await (\(expression))))()"
        let answer = try await call("Runtime.evaluate", #"{"expression":\#(Self.quoted(script)),"awaitPromise":true,"returnByValue":true}"#)
        if let exception = answer.result?.exceptionDetails { throw Problem(description: "\(expression): \(exception.words)") }
        return answer.result?.result?.text ?? ""
    }

    /// Waits until an expression is truthy.
    public func wait(for expression: String, seconds: Double = 30) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        var looks = 0
        // Where the machine is busy, the time may be over after a few looks: then there are some more.
        while ContinuousClock.now < end || (looks < 100 && ContinuousClock.now < end + Browser.patience) {
            looks += 1
            // A page that is just being replaced cannot answer.
            if (try? await evaluate("!!(\(expression))")) == "true" { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Problem(description: "waited \(seconds) s in vain for \(expression) at \((try? await evaluate("location.href")) ?? "?")")
    }

    /// Clicks the first element that a selector finds and whose text contains `text`.
    public func click(_ selector: String, text: String = "") async throws {
        let place = "[...document.querySelectorAll(\(Self.quoted(selector)))].find(e => e.textContent.includes(\(Self.quoted(text))))"
        try await wait(for: place)
        try await evaluate("\(place).click()")
    }

    /// Types a text into a field as its whole content.
    public func fill(_ selector: String, _ text: String) async throws {
        let field = "document.querySelector(\(Self.quoted(selector)))"
        try await wait(for: field)
        try await evaluate(
            "(f => { f.value = \(Self.quoted(text)); for (const e of ['input', 'change']) f.dispatchEvent(new Event(e, {bubbles: true})); })(\(field))")
    }

    /// Presses and lets go of one key, named as the DOM names it.
    public func press(_ key: String) async throws {
        let text = key.count == 1 ? #","text":\#(Self.quoted(key))"# : key == "Enter" ? #","text":"\r""# : ""
        // What the browser itself does at a key goes by its number.
        let number = ["Tab": 9, "Escape": 27][key].map { #","windowsVirtualKeyCode":\#($0)"# } ?? ""
        try await call("Input.dispatchKeyEvent", #"{"type":"keyDown","key":\#(Self.quoted(key))\#(text)\#(number)}"#)
        try await call("Input.dispatchKeyEvent", #"{"type":"keyUp","key":\#(Self.quoted(key))\#(number)}"#)
    }

    /// A picture of what is in sight, as PNG.
    public func screenshot(to path: String) async throws {
        let answer = try await call("Page.captureScreenshot", #"{"format":"png"}"#)
        guard let picture = answer.result?.data.flatMap({ Data(base64Encoded: $0) }) else { throw Problem(description: "no picture came") }
        try picture.write(to: URL(fileURLWithPath: path))
    }

    /// What the page complained about since the last call.
    public func complaints() async throws -> [String] {
        try await evaluate("0")
        defer { complained = [] }
        return complained
    }

    /// Ends the browser; one that does not end by itself within twenty seconds is killed.
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

    /// Nil stands for the browser's end.
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
