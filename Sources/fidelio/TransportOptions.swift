import ArgumentParser
import HTTPServer
import Workbench

/// How `fidelio serve` talks to clients: further addresses, and what one client may cost.
struct TransportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A further address of this machine: unix:PATH (a socket that only its owner can use), [::1]:PORT or 127.0.0.1:PORT; may be given again.",
            valueName: "address"))
    var listen: [String] = []
    @Option(help: ArgumentHelp("Seconds for the head of a request.", valueName: "seconds")) var headerTimeout = 15
    @Option(help: ArgumentHelp("Seconds without progress in a request's body.", valueName: "seconds")) var bodyTimeout = 30
    @Option(help: ArgumentHelp("Seconds without progress in taking an answer.", valueName: "seconds")) var writeTimeout = 30
    @Option(help: ArgumentHelp("Seconds that a connection may be silent between requests.", valueName: "seconds")) var idleTimeout = 75
    @Option(help: ArgumentHelp("A client slower than this in a body or an answer makes no progress.", valueName: "bytes per second"))
    var slowest = 256
    @Option(help: ArgumentHelp("Most connections; more are answered by 503.", valueName: "n")) var connections = 4096
    @Option(help: ArgumentHelp("Most connections of one address (of one /64 network of IPv6).", valueName: "n")) var connectionsPerAddress = 1024
    @Option(help: ArgumentHelp("Most requests in work at a time; more are answered by 503.", valueName: "n")) var activeRequests = 1024
    @Option(help: ArgumentHelp("Seconds that a 503 asks its client to wait (Retry-After).", valueName: "seconds")) var retryAfter = 2
    @Option(help: ArgumentHelp("Most bytes of one request's body; routes have lower limits of their own.", valueName: "MiB")) var bodyLimit = 256

    mutating func validate() throws {
        let rows = [
            ("header-timeout", headerTimeout, 1...3600), ("body-timeout", bodyTimeout, 1...3600), ("write-timeout", writeTimeout, 1...3600),
            ("idle-timeout", idleTimeout, 1...86_400), ("slowest", slowest, 1...1_000_000_000), ("connections", connections, 1...1_000_000),
            ("connections-per-address", connectionsPerAddress, 1...1_000_000), ("active-requests", activeRequests, 1...1_000_000),
            ("retry-after", retryAfter, 0...86_400), ("body-limit", bodyLimit, 1...1_048_576),
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
        settings.requestLimits.bodyBytes = bodyLimit << 20
    }
}
