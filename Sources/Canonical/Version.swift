/// What this build calls itself. Specifications and archives record these.
public enum Version {
    /// The program's version (semantic versioning).
    public static let program = "0.1.0"
    /// The version of the arithmetic: raised whenever a bit of any result changes.
    public static let numerics = 1
    /// The identity of the source that was built, where the build knows it.
    public static let source: String? = nil
}
