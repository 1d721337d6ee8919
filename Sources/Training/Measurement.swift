internal import Canonical
internal import Studies

/// One number of an evaluation, or why there is none.
struct Measurement {
    let name: String
    let value: Double?
    let protocolDigest: Digest
    /// How many generated samples were looked at: the evaluation's, or fewer where the metric has an option for it.
    let samples: Int
    /// In words, where there is no value.
    var problem: String?

    func isBetter(than other: Double?) -> Bool {
        guard let value else { return false }
        guard let other else { return true }
        return MetricChoice.value(named: name)?.direction == .maximise ? value > other : value < other
    }
}
