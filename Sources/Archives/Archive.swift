public import Canonical

/// Named arrays with a manifest: a checkpoint, or any other data that must be stored bit-exactly.
///
/// As a file it is a `.npz` with one `.npy` per array and `manifest.json`. The manifest contains the digest of each
/// array (SHA-256 of its elements, little-endian, row-major), its type, and its shape.
///
/// The archive's digest, its address, is the SHA-256 of the text `fidelio archive 1` with a line feed, followed for
/// each member, sorted by the bytes of its name, by the length of the name (64 bits, little-endian), the name, the
/// length of the content (likewise), and the uncompressed content. It does not depend on compression, dates, or order.
public struct Archive: Sendable {
    static let manifestMember = "manifest.json"
    static let format = 1

    /// The arrays, sorted by the bytes of their member names.
    public let entries: [ArrayEntry]
    /// The complete manifest, including "format" and "tensors".
    public let manifest: JSONValue
    /// The archive's address.
    public let digest: Digest

    /// Creates an archive and computes its digest.
    /// - Parameter manifest: the caller's members in addition to "format" and "tensors".
    /// - Precondition: entry names are unique; the manifest contains neither of the two.
    public init(entries: [ArrayEntry], manifest: [String: JSONValue]) {
        precondition(manifest["tensors"] == nil && manifest["format"] == nil, "the manifest's own members are given")
        let sorted = Self.sorted(entries)
        precondition(Set(sorted.map(\.name)).count == sorted.count, "duplicate entry names")
        var members = manifest
        members["format"] = .integer(Int64(Self.format))
        members["tensors"] = Self.descriptions(sorted)
        self.init(sorted: sorted, manifest: .object(members))
    }

    /// - Precondition: entries are sorted and match the manifest.
    init(sorted entries: [ArrayEntry], manifest: JSONValue) {
        self.entries = entries
        self.manifest = manifest
        digest = Self.address(entries, manifest)
    }

    /// The entry with this name, or nil.
    public subscript(name: String) -> ArrayEntry? { entries.first { $0.name == name } }

    static func member(_ entry: ArrayEntry) -> String { entry.name + Npz.suffix }

    static func sorted(_ entries: [ArrayEntry]) -> [ArrayEntry] {
        entries.sorted { member($0).utf8.lexicographicallyPrecedes(member($1).utf8) }
    }

    /// The manifest's description of the entries.
    static func descriptions(_ entries: [ArrayEntry]) -> JSONValue {
        .object(Dictionary(uniqueKeysWithValues: entries.map { ($0.name, description($0)) }))
    }

    static func description(_ entry: ArrayEntry) -> JSONValue {
        [
            "digest": .string(digest(entry.elements).hex),
            "dtype": .string(entry.elements.kind.rawValue),
            "shape": .array(entry.shape.map { .integer(Int64($0)) }),
        ]
    }

    /// SHA-256 of the elements only.
    static func digest(_ elements: ArrayElements) -> Digest {
        var builder = Digest.Builder()
        unsafe elements.withBytes { unsafe builder.update($0) }
        return builder.finish()
    }

    private static func address(_ entries: [ArrayEntry], _ manifest: JSONValue) -> Digest {
        var builder = addressBuilder()
        func updateManifest() {
            let bytes = manifest.canonicalBytes
            begin(manifestMember, bytes.count, &builder)
            builder.update(bytes)
        }
        var isManifestDone = false
        for entry in entries {
            let name = member(entry)
            if !isManifestDone && manifestMember.utf8.lexicographicallyPrecedes(name.utf8) {
                updateManifest()
                isManifestDone = true
            }
            let header = NpyFormat.header(entry.elements.kind, entry.shape)
            begin(name, header.count + entry.elements.count * entry.elements.kind.size, &builder)
            builder.update(header)
            unsafe entry.elements.withBytes { unsafe builder.update($0) }
        }
        if !isManifestDone { updateManifest() }
        return builder.finish()
    }
}
