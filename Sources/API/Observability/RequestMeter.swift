import HTTPServer
import HTTPTypes
import Synchronization

/// Counts requests by method, route, and status, and measures their durations by route.
final class RequestMeter: Sendable {
    private struct Kind: Hashable {
        var method: String
        var route: String
        var status: Int
    }

    private struct Times {
        var buckets = [Int](repeating: 0, count: RequestMeter.bounds.count)
        var count = 0
        var seconds = 0.0
    }

    private struct State {
        var requests: [Kind: Int] = [:]
        var times: [String: Times] = [:]
        var bytes = 0
        var broken = 0
    }

    /// Upper bounds of the histogram's buckets, in seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    private let state = Mutex(State())

    func count(_ record: AccessRecord, route: String) {
        let method = record.method.rawValue
        let kind = Kind(method: RequestMeter.methods.contains(method) ? method : "other", route: route, status: record.status)
        let seconds = Double(record.duration.components.seconds) + Double(record.duration.components.attoseconds) / 1e18
        state.withLock { state in
            state.requests[kind, default: 0] += 1
            state.bytes += record.bytes
            if !record.isComplete { state.broken += 1 }
            var times = state.times[route] ?? Times()
            times.count += 1
            times.seconds += seconds
            for (place, bound) in RequestMeter.bounds.enumerated() where seconds <= bound { times.buckets[place] += 1 }
            state.times[route] = times
        }
    }

    func write(to text: inout MetricsText) {
        let state = state.withLock { $0 }
        text.begin("fidelio_http_requests_total", .counter, "Total number of answered requests by method, route, and status.")
        for (kind, count) in state.requests.sorted(by: { ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status) }) {
            text.add(Double(count), [("method", kind.method), ("route", kind.route), ("status", String(kind.status))])
        }
        text.begin("fidelio_http_request_duration_seconds", .histogram, "Request duration in seconds, from the request header to the last byte of the response.")
        for (route, times) in state.times.sorted(by: { $0.key < $1.key }) {
            for (bound, count) in zip(RequestMeter.bounds, times.buckets) {
                text.add(Double(count), [("route", route), ("le", MetricsText.number(bound))], suffix: "_bucket")
            }
            text.add(Double(times.count), [("route", route), ("le", "+Inf")], suffix: "_bucket")
            text.add(times.seconds, [("route", route)], suffix: "_sum")
            text.add(Double(times.count), [("route", route)], suffix: "_count")
        }
        text.single("fidelio_http_response_bytes_total", .counter, "Total number of response body bytes sent.", Double(state.bytes))
        text.single("fidelio_http_broken_answers_total", .counter, "Total number of responses that were not sent completely.", Double(state.broken))
    }
}
