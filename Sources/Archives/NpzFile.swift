import Canonical

/// An `.npz` file of a stranger, read array by array and part by part. Nothing is unpacked that nobody asks for.
public struct NpzFile {
    private let file: FileReader
    private let entries: [ZipDirectory.Entry]

    /// - Errors: `ArchiveError`: no zip archive, or a damaged list of members.
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

    /// Whether a file begins as a zip archive does.
    public static func matches(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) }

    /// The names of the arrays, in the order of the list.
    public var names: [String] { entries.map(\.name).filter(Npz.isArray).map { String($0.dropLast(Npz.suffix.count)) } }

    /// The names of the members that are no arrays, folders left out.
    public var others: [String] { entries.map(\.name).filter { !Npz.isArray($0) && !$0.hasSuffix("/") } }

    /// Opens an array and reads its header.
    /// - Errors: `ArchiveError`; also for elements that are no plain numbers, for column order, and for a header that does not fit the size.
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

/// One array on its way out of a file.
public final class NpyStream {
    public let name: String
    public let shape: [Int]
    public let format: NumberFormat
    /// The product of the shape's extents.
    public let count: Int
    private let member: ZipMemberStream
    private static let longestHeader = 1 << 20

    init(name: String, _ member: ZipMemberStream) throws(ArchiveError) {
        (self.name, self.member) = (name, member)
        var bytes = try member.next(12)
        // Versions 2 and 3 have a length of four bytes.
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
            throw ArchiveError(.format("elements of type '\(header.descriptor)' are not read, only plain numbers of 1, 2, 4 or 8 bytes"))
        }
        // A single axis, or a single one that is longer than 1, lies in memory the same way in both orders.
        if header.shape.filter({ $0 > 1 }).count > 1 { try header.requireRowOrder() }
        let size = member.size - range.upperBound
        guard let count = ArrayEntry.count(of: header.shape), case let (bytesNeeded, overflow) = count.multipliedReportingOverflow(by: format.size), !overflow,
            bytesNeeded == size
        else { throw ArchiveError(.format("\(size) bytes do not fit numbers of \(format.size) bytes of shape \(header.shape)")) }
        (shape, self.format, self.count) = (header.shape, format, count)
    }

    /// The bytes of the next numbers: of `count` of them, or of fewer at the end.
    /// - Errors: `ArchiveError`: damage, or a wrong checksum at the end.
    public func next(_ count: Int) throws(ArchiveError) -> [UInt8] { try member.next(count * format.size) }
}
