import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Set by the first signal that asks a worker to save its state and exit. Clusters use different signals; all have the same effect.
final class StopFlag: @unchecked Sendable {
    // @unchecked because Dispatch sources may be held from any thread; these are created once and not modified.
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
