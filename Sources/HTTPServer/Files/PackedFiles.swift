import HTTPTypes
import Synchronization

/// A cache of gzip-compressed files. A file is compressed on first request and stays cached until it changes.
///
/// Bounded: only files within a range of sizes are cached, up to a total number of bytes; others are sent uncompressed.
final class PackedFiles: Sendable {
    private struct Entry {
        var tag: EntityTag
        /// Nil if compression does not reduce the size.
        var bytes: [UInt8]?
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
    }

    /// Smaller files gain nothing; larger ones would take noticeable time.
    static let sizes = 1024...(4 << 20)
    static let mostBytes = 32 << 20
    static let mostFiles = 10_000

    private let state = Mutex(State())
    private let pack: @Sendable ([UInt8]) -> [UInt8]

    init(pack: @escaping @Sendable ([UInt8]) -> [UInt8]) { self.pack = pack }

    /// The compressed contents of an open file, or nil to send it uncompressed.
    func content(of file: OpenFile, path: String) -> [UInt8]? {
        guard Self.sizes.contains(file.size) else { return nil }
        let tag = file.entityTag
        if let known = state.withLock({ $0.entries[path] }), known.tag == tag { return known.bytes }
        var plain: [UInt8] = []
        guard file.append(file.size, from: 0, to: &plain) else { return nil }
        let packed = pack(plain)
        let bytes = packed.count < plain.count ? packed : nil
        state.withLock { state in
            state.bytes -= state.entries.removeValue(forKey: path)?.bytes?.count ?? 0
            let count = bytes?.count ?? 0
            guard state.bytes + count <= Self.mostBytes, state.entries.count < Self.mostFiles else { return }
            state.entries[path] = Entry(tag: tag, bytes: bytes)
            state.bytes += count
        }
        return bytes
    }
}
