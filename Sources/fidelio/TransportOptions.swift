import ArgumentParser
import HTTPServer
import Server

/// Connection settings of `fidelio serve`: further addresses, and limits per client.
struct TransportOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue, help: ArgumentHelp(
            "An additional address of this machine: unix:PATH (a socket that only its owner can use), [::1]:PORT or 127.0.0.1:PORT; may be repeated.",
            valueName: "address"))
    var listen: [String] = []
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds to receive a request head.", valueName: "seconds")) var headerTimeout = 15
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds without progress in a request's body.", valueName: "seconds")) var bodyTimeout = 30
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds without progress in sending a response.", valueName: "seconds")) var writeTimeout = 30
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds that a connection may be idle between requests.", valueName: "seconds")) var idleTimeout = 75
    @Option(parsing: .unconditional, help: ArgumentHelp("Minimum rate of a body or response that counts as progress.", valueName: "bytes per second"))
    var slowest = 256
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum number of connections; further ones get 503.", valueName: "n")) var connections = 4096
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum number of connections per address (per IPv6 /64 network).", valueName: "n")) var connectionsPerAddress = 1024
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum number of active requests; further ones get 503.", valueName: "n")) var activeRequests = 1024
    @Option(parsing: .unconditional, help: ArgumentHelp("Value of Retry-After in 503 responses, in seconds.", valueName: "seconds")) var retryAfter = 2
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum unsent bytes in the kernel's send buffer per connection.", valueName: "bytes"))
    var unsentLimit = 786_432
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum size of a request body; routes have lower limits of their own.", valueName: "MiB")) var bodyLimit = 256
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum size of a request line.", valueName: "bytes")) var requestLineLimit = 8192
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum size of a header section.", valueName: "bytes")) var headerLimit = 65_536
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum number of header fields.", valueName: "n")) var headerFields = 100
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum size of the trailer section of a chunked body.", valueName: "bytes")) var trailerLimit = 8192
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum size of a chunk-size line.", valueName: "bytes")) var chunkLineLimit = 256
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds to wait for the client to close its side after the last response.", valueName: "seconds")) var linger = 2
    @Option(parsing: .unconditional, help: ArgumentHelp("Idle seconds after which an event stream sends a comment.", valueName: "seconds")) var eventKeepAlive = 15
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum number of pending connections in the kernel.", valueName: "n")) var backlog = 1024
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds for active responses to finish when the server stops.", valueName: "seconds")) var stopGrace = 5

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
                throw ValidationError("--listen \(text) is not a loopback address; use --host to serve other machines")
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
