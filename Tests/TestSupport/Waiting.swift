public import Testing

/// Waits until a condition holds, looking every few milliseconds, and records an issue where it does not in time.
/// - Parameter seconds: for the slowest machine; a test that passes does not wait that long
public func waitUntil(
    within seconds: Double = 60, isolation: isolated (any Actor)? = #isolation, sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try await !isSo() {
        guard ContinuousClock.now < end else {
            Issue.record("waited \(seconds) s in vain", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
