/// Versions of this build, recorded in specifications and archives.
public enum Version {
    /// The program's version (semantic versioning).
    public static let program = "0.1.0"
    /// The numerics version: incremented whenever a bit of any result changes.
    public static let numerics = 1
    /// The identity of the source of the build, if known.
    public static let source: String? = nil
}
