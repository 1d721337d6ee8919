/// The modes of a mixture of Gaussians: what "modes captured" counts against.
public struct MixtureModes: Sendable, Hashable {
    /// One row per mode: [modes][2].
    public let centers: [[Double]]
    /// Standard deviation of each mode along each axis.
    public let deviation: Double
}
