import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Set by the first signal that asks a worker to save and end. Clusters differ in which one they send: all mean the same.
final class StopFlag: @unchecked Sendable {
    // Dispatch sources are safe to hold from anywhere; these are made at the beginning and never touched again.
    private var sources: [any DispatchSourceSignal] = []
    private let flag = Atomic(false)

    init() {
        for number in [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2] {
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.flag.store(true, ordering: .relaxed) }
            source.resume()
            sources.append(source)
        }
    }

    var isSet: Bool { flag.load(ordering: .relaxed) }
}
