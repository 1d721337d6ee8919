import Dispatch
package import HTTPServer
import HTTPTypes
import Synchronization

/// Counts every response and writes it to the access log, on its own queue, so that neither delays a response.
///
/// If the queue falls behind (a log on a stalled disk), records are dropped and counted rather than accumulated.
package final class RequestObserver: Sendable {
    let meter: RequestMeter
    private let patterns: RoutePatterns
    private let log: AccessLog?
    private let queue = DispatchQueue(label: "requests")
    private let waiting = Atomic<Int>(0)
    private let lost = Atomic<Int>(0)
    private static let mostWaiting = 10_000

    /// - Parameter log: nil to only count requests.
    package init(patterns: RoutePatterns, log: AccessLog? = nil) {
        self.patterns = patterns
        self.log = log
        meter = RequestMeter()
    }

    /// Records dropped because too many were waiting.
    var dropped: Int { lost.load(ordering: .relaxed) }

    /// Records one response; never blocks.
    package func note(_ record: AccessRecord) {
        guard waiting.load(ordering: .relaxed) < RequestObserver.mostWaiting else {
            lost.add(1, ordering: .relaxed)
            return
        }
        waiting.add(1, ordering: .relaxed)
        queue.async { [self] in
            let route = patterns.pattern(of: record.path)
            meter.count(record, route: route)
            log?.write(record, route: route)
            waiting.subtract(1, ordering: .relaxed)
        }
    }

    /// Waits until everything recorded is counted and written.
    func drain() { queue.sync {} }
}
