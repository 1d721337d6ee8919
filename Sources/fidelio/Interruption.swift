import Dispatch
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Converts SIGINT, SIGTERM, and SIGHUP to events, so that a command can save its state before it ends.
final class Interruption: @unchecked Sendable {
    // @unchecked because Dispatch sources may be held from any thread; these are created once and not modified.
    private let sources: [any DispatchSourceSignal]
    /// The received signals.
    let signals: AsyncStream<Int32>

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        signals = stream
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    /// Waits for the first signal.
    func first() async {
        for await _ in signals { return }
    }
}
