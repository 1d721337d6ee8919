internal import Canonical
internal import Studies

/// One value of an evaluation, or the reason why there is none.
struct Measurement {
    let name: String
    let value: Double?
    let protocolDigest: Digest
    /// Number of generated samples used: that of the evaluation, or fewer if the metric has an option for it.
    let samples: Int
    /// The reason, if there is no value.
    var problem: String?

    func isBetter(than other: Double?) -> Bool {
        guard let value else { return false }
        guard let other else { return true }
        return MetricChoice.Direction(metric: name).isBetter(value, than: other)
    }
}
