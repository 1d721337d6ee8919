import Dispatch
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns SIGINT, SIGTERM and SIGHUP into events, so that a command can save before it ends.
final class Interruption: @unchecked Sendable {
    // Dispatch sources are safe to hold from anywhere; these are made at the beginning and never touched again.
    private let sources: [any DispatchSourceSignal]
    /// The signals as they come.
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
