import ArgumentParser
import HTTPServer
import Workbench

/// How `fidelio serve` talks to clients: further addresses, and what one client may cost.
struct TransportOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue, help: ArgumentHelp(
            "A further address of this machine: unix:PATH (a socket that only its owner can use), [::1]:PORT or 127.0.0.1:PORT; may be given again.",
            valueName: "address"))
    var listen: [String] = []
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds for the head of a request.", valueName: "seconds")) var headerTimeout = 15
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds without progress in a request's body.", valueName: "seconds")) var bodyTimeout = 30
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds without progress in taking an answer.", valueName: "seconds")) var writeTimeout = 30
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds that a connection may be silent between requests.", valueName: "seconds")) var idleTimeout = 75
    @Option(parsing: .unconditional, help: ArgumentHelp("A client slower than this in a body or an answer makes no progress.", valueName: "bytes per second"))
    var slowest = 256
    @Option(parsing: .unconditional, help: ArgumentHelp("Most connections; more are answered by 503.", valueName: "n")) var connections = 4096
    @Option(parsing: .unconditional, help: ArgumentHelp("Most connections of one address (of one /64 network of IPv6).", valueName: "n")) var connectionsPerAddress = 1024
    @Option(parsing: .unconditional, help: ArgumentHelp("Most requests in work at a time; more are answered by 503.", valueName: "n")) var activeRequests = 1024
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds that a 503 asks its client to wait (Retry-After).", valueName: "seconds")) var retryAfter = 2
    @Option(parsing: .unconditional, help: ArgumentHelp("Most bytes of an answer that the system holds unsent for one connection.", valueName: "bytes"))
    var unsentLimit = 786_432
    @Option(parsing: .unconditional, help: ArgumentHelp("Most bytes of one request's body; routes have lower limits of their own.", valueName: "MiB")) var bodyLimit = 256
    @Option(parsing: .unconditional, help: ArgumentHelp("Most bytes of a request's first line.", valueName: "bytes")) var requestLineLimit = 8192
    @Option(parsing: .unconditional, help: ArgumentHelp("Most bytes of a request's header.", valueName: "bytes")) var headerLimit = 65_536
    @Option(parsing: .unconditional, help: ArgumentHelp("Most fields of a request's header.", valueName: "n")) var headerFields = 100
    @Option(parsing: .unconditional, help: ArgumentHelp("Most bytes of the trailer behind a chunked body.", valueName: "bytes")) var trailerLimit = 8192
    @Option(parsing: .unconditional, help: ArgumentHelp("Most bytes of the line that gives a chunk's size.", valueName: "bytes")) var chunkLineLimit = 256
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds for a client to end its side after the server has ended its own.", valueName: "seconds")) var linger = 2
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds of silence after which a stream of events sends a comment.", valueName: "seconds")) var eventKeepAlive = 15
    @Option(parsing: .unconditional, help: ArgumentHelp("Most connections that the system holds until they are taken.", valueName: "n")) var backlog = 1024
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds that answers in work have to end when the server stops.", valueName: "seconds")) var stopGrace = 5

    mutating func validate() throws {
        let rows = [
            ("header-timeout", headerTimeout, 1...3600), ("body-timeout", bodyTimeout, 1...3600), ("write-timeout", writeTimeout, 1...3600),
            ("idle-timeout", idleTimeout, 1...86_400), ("slowest", slowest, 1...1_000_000_000), ("connections", connections, 1...1_000_000),
            ("connections-per-address", connectionsPerAddress, 1...1_000_000), ("active-requests", activeRequests, 1...1_000_000),
            ("retry-after", retryAfter, 0...86_400), ("unsent-limit", unsentLimit, 16_384...1_073_741_824),
            ("body-limit", bodyLimit, 1...1_048_576), ("request-line-limit", requestLineLimit, 256...1_048_576),
            ("header-limit", headerLimit, 1024...1_048_576), ("header-fields", headerFields, 16...10_000), ("trailer-limit", trailerLimit, 0...1_048_576),
            ("chunk-line-limit", chunkLineLimit, 16...65_536), ("linger", linger, 1...60), ("event-keep-alive", eventKeepAlive, 1...3600),
            ("backlog", backlog, 1...65_535), ("stop-grace", stopGrace, 0...3600),
        ]
        for (name, value, range) in rows where !range.contains(value) {
            throw ValidationError("--\(name) \(value) is not in \(range.lowerBound)...\(range.upperBound)")
        }
        for text in listen {
            guard let address = ListenAddress(parsing: text) else {
                throw ValidationError("--listen \(text) is not unix:PATH, [IPv6]:PORT or IPv4:PORT")
            }
            guard address.isLoopback else {
                throw ValidationError("--listen \(text) is not an address of this machine alone; other machines are served by --host")
            }
        }
    }

    func apply(to settings: inout ServerSettings) {
        settings.listen = listen.compactMap { ListenAddress(parsing: $0) }
        settings.timeouts.header = .seconds(headerTimeout)
        settings.timeouts.body = .seconds(bodyTimeout)
        settings.timeouts.write = .seconds(writeTimeout)
        settings.timeouts.keepAlive = .seconds(idleTimeout)
        settings.timeouts.minimumBytesPerSecond = slowest
        settings.connectionLimits.connections = connections
        settings.connectionLimits.connectionsPerAddress = connectionsPerAddress
        settings.connectionLimits.activeRequests = activeRequests
        settings.connectionLimits.retryAfterSeconds = retryAfter
        settings.connectionLimits.unsentBytes = unsentLimit
        settings.requestLimits.bodyBytes = bodyLimit << 20
        settings.requestLimits.requestLineBytes = requestLineLimit
        settings.requestLimits.headerBytes = headerLimit
        settings.requestLimits.headerFields = headerFields
        settings.requestLimits.trailerBytes = trailerLimit
        settings.requestLimits.chunkLineBytes = chunkLineLimit
        settings.timeouts.linger = .seconds(linger)
        settings.timeouts.eventKeepAlive = .seconds(eventKeepAlive)
        settings.backlog = backlog
        settings.stopGrace = .seconds(stopGrace)
    }
}
