/// Why bytes are not a tar archive that can be read.
public struct TarError: Error, Equatable, CustomStringConvertible {
    public let reason: String
    public let offset: Int

    public var description: String { "it is no sound tar archive: \(reason) at offset \(offset)" }
}
