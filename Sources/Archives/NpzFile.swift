import Canonical

/// An untrusted `.npz` file, read array by array and in parts. Only requested arrays are decompressed.
public struct NpzFile {
    private let file: FileReader
    private let entries: [ZipDirectory.Entry]

    /// Opens a file and reads its central directory.
    /// - Errors: `ArchiveError`: not a zip archive, or a damaged central directory.
    public init(_ path: String) throws(ArchiveError) {
        do throws(FileError) {
            file = try FileReader(path)
        } catch {
            throw ArchiveError(file: path, .file(error))
        }
        do throws(ArchiveError) {
            entries = try ZipDirectory(file).entries
        } catch {
            throw error.located(file: path)
        }
    }

    /// Whether a file starts with a zip signature.
    public static func matches(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) }

    /// The names of the arrays, in central directory order.
    public var names: [String] { entries.map(\.name).filter(Npz.isArray).map { String($0.dropLast(Npz.suffix.count)) } }

    /// The names of members that are not arrays, without folders.
    public var others: [String] { entries.map(\.name).filter { !Npz.isArray($0) && !$0.hasSuffix("/") } }

    /// Opens an array and reads its header.
    /// - Errors: `ArchiveError`; also for element types that are not plain numbers, for Fortran order, and if the header does not match the size.
    /// - Precondition: the name is one of `names`.
    public func array(_ name: String) throws(ArchiveError) -> NpyStream {
        guard let entry = entries.first(where: { $0.name == name + Npz.suffix }) else { preconditionFailure("there is no array \(name)") }
        do throws(ArchiveError) {
            return try NpyStream(name: name, ZipMemberStream(entry, in: file))
        } catch {
            throw error.located(file: file.path, member: entry.name)
        }
    }
}

/// Streaming reader of one array.
public final class NpyStream {
    /// The name of the array, without ".npy".
    public let name: String
    /// The extents; empty for a scalar.
    public let shape: [Int]
    /// The element type.
    public let format: NumberFormat
    /// The product of the shape's extents.
    public let count: Int
    private let member: ZipMemberStream
    private static let longestHeader = 1 << 20

    init(name: String, _ member: ZipMemberStream) throws(ArchiveError) {
        (self.name, self.member) = (name, member)
        var bytes = try member.next(12)
        // Versions 2 and 3 have a four-byte length.
        if bytes.count == 12, bytes.starts(with: NpyFormat.magic) {
            let isLong = bytes[6] != 1
            let length = (8..<(isLong ? 12 : 10)).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
            let rest = length - (isLong ? 0 : 2)
            guard rest <= Self.longestHeader else { throw ArchiveError(offset: 8, .tooLarge(bytes: length, limit: Self.longestHeader)) }
            if rest > 0 { bytes += try member.next(rest) }
        }
        let range = try NpyFormat.headerRange(bytes)
        var parser = NpyHeaderParser(bytes, range)
        let header = try parser.header()
        guard let format = NumberFormat(descriptor: header.descriptor) else {
            throw ArchiveError(.format("unsupported element type '\(header.descriptor)'; supported: plain numbers of 1, 2, 4 or 8 bytes"))
        }
        // With at most one axis longer than 1, both orders have the same memory layout.
        if header.shape.filter({ $0 > 1 }).count > 1 { try header.requireRowOrder() }
        let size = member.size - range.upperBound
        guard let count = ArrayEntry.count(of: header.shape), case let (bytesNeeded, overflow) = count.multipliedReportingOverflow(by: format.size), !overflow,
            bytesNeeded == size
        else { throw ArchiveError(.format("\(size) bytes do not match numbers of \(format.size) bytes with shape \(header.shape)")) }
        (shape, self.format, self.count) = (header.shape, format, count)
    }

    /// The bytes of the next `count` elements, or of fewer at the end.
    /// - Errors: `ArchiveError`: damage, or a wrong checksum at the end.
    public func next(_ count: Int) throws(ArchiveError) -> [UInt8] { try member.next(count * format.size) }
}
