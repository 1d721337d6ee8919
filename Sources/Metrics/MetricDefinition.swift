/// A number that evaluations report, and which way is better.
public struct MetricDefinition: Sendable, Hashable {
    public enum Direction: String, Sendable {
        case minimise, maximise
    }

    /// The name in specifications, events and addresses.
    public let name: String
    /// The name for people.
    public let title: String
    public let direction: Direction

    public static let fid = MetricDefinition(name: "fid", title: "Fréchet inception distance", direction: .minimise)

    /// Every metric there is.
    public static let all = [fid]
}
