internal import Canonical
internal import Studies

/// One number of an evaluation, or why there is none.
struct Measurement {
    let name: String
    let value: Double?
    let protocolDigest: Digest
    /// In words, where there is no value.
    var problem: String?

    func isBetter(than other: Double?) -> Bool {
        guard let value else { return false }
        guard let other else { return true }
        return MetricChoice.value(named: name)?.direction == .maximise ? value > other : value < other
    }
}
