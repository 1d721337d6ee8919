import Canonical

/// The central directory of a zip archive. All of it is untrusted until checked.
struct ZipDirectory {
    struct Entry {
        let name: String
        let nameBytes: [UInt8]
        let method: UInt16
        let crc: UInt32
        var packedSize: Int
        var size: Int
        var offset: Int
        /// The type and permissions of the file where the writer was a Unix; 0 if it says nothing of them.
        var mode: UInt32 = 0
    }

    let entries: [Entry]
    /// Where the directory begins: no member reaches beyond.
    let start: Int

    /// Maximum size of a central directory.
    private static let largest = 1 << 26

    init(_ bytes: [UInt8]) throws(ArchiveError) {
        let place = try Self.place(bytes, base: 0)
        try self.init(place, try ByteReader(bytes, from: place.offset, count: place.size))
    }

    /// Reads only the end record and the central directory of a file.
    /// - Parameter most: the most members that are read
    init(_ file: FileReader, most: Int = .max) throws(ArchiveError) {
        // The end record with its comment, and the zip64 records before it.
        let base = max(0, file.size - (22 + 0xFFFF + 20 + 56))
        let place = try Self.place(try Self.read(file, base, file.size - base), base: base)
        guard place.size <= Self.largest else { throw ArchiveError(offset: place.offset, .tooLarge(bytes: place.size, limit: Self.largest)) }
        guard place.count <= most else { throw ArchiveError(offset: place.offset, .format("it has \(place.count) members; at most \(most) are allowed")) }
        try self.init(place, try ByteReader(try Self.read(file, place.offset, place.size), base: place.offset, from: place.offset, count: place.size))
    }

    static func read(_ file: FileReader, _ offset: Int, _ count: Int) throws(ArchiveError) -> [UInt8] {
        do {
            return try file.read(at: offset, count: count)
        } catch {
            throw ArchiveError(.file(error))
        }
    }

    private init(_ place: Place, _ list: ByteReader) throws(ArchiveError) {
        var reader = list
        var entries: [Entry] = []
        var names: Set<String> = []
        while reader.remaining > 0 {
            let entry = try Self.entry(&reader)
            guard entries.count < place.count else {
                throw ArchiveError(offset: place.offset, .mismatch("the number of members", expected: "\(place.count)", actual: "more"))
            }
            guard names.insert(entry.name).inserted else {
                throw ArchiveError(member: entry.name, offset: reader.position, .format("duplicate member"))
            }
            entries.append(entry)
        }
        guard entries.count == place.count else {
            throw ArchiveError(
                offset: place.offset,
                .mismatch("the number of members", expected: "\(place.count)", actual: "\(entries.count)"))
        }
        self.entries = entries
        start = place.offset
    }

    struct Place {
        var offset: Int
        var size: Int
        var count: Int
    }

    /// Finds the end record, which is 22 bytes long and may be followed by a comment.
    private static func place(_ bytes: [UInt8], base: Int) throws(ArchiveError) -> Place {
        let first = max(0, bytes.count - 22 - 0xFFFF)
        for index in stride(from: bytes.count - 22, through: first, by: -1) where bytes[index] == 0x50 {
            let start = base + index
            var reader = try ByteReader(bytes, base: base, from: start, count: 22)
            guard try reader.next(UInt32.self) == ZipFormat.endRecord else { continue }
            let disks = try reader.next(UInt32.self)
            let count = try (reader.next(UInt16.self), reader.next(UInt16.self))
            let size = try reader.next(UInt32.self)
            let offset = try reader.next(UInt32.self)
            guard try Int(reader.next(UInt16.self)) == bytes.count - index - 22 else { continue }
            guard disks == 0, count.0 == count.1 else {
                throw ArchiveError(offset: start, .format("multi-part archives are not supported"))
            }
            if count.1 == ZipFormat.elsewhere16 || size == ZipFormat.elsewhere32 || offset == ZipFormat.elsewhere32 {
                return try place64(bytes, base: base, before: start)
            }
            // PyTorch writes the zip64 records in every file, also where 32 bits suffice.
            if Int(offset) + Int(size) != start, start - base >= 20, bytes[(index - 20)...].starts(with: ZipFormat.endLocator64Bytes) {
                return try place64(bytes, base: base, before: start)
            }
            return try checked(Place(offset: Int(offset), size: Int(size), count: Int(count.1)), before: start)
        }
        throw ArchiveError(
            offset: base + bytes.count, .format("not a zip archive, or truncated: the end record is missing"))
    }

    private static func place64(_ bytes: [UInt8], base: Int, before end: Int) throws(ArchiveError) -> Place {
        var locator = try ByteReader(bytes, base: base, from: end - 20, count: 20)
        guard try locator.next(UInt32.self) == ZipFormat.endLocator64, try locator.next(UInt32.self) == 0 else {
            throw ArchiveError(offset: end, .format("the zip64 record is missing"))
        }
        let start = try locator.size64()
        var reader = try ByteReader(bytes, base: base, from: start, count: 56)
        guard try reader.next(UInt32.self) == ZipFormat.endRecord64 else {
            throw ArchiveError(offset: start, .format("the zip64 record is damaged"))
        }
        _ = try reader.take(28)
        let count = try reader.size64()
        let size = try reader.size64()
        return try checked(Place(offset: reader.size64(), size: size, count: count), before: start)
    }

    private static func checked(_ place: Place, before end: Int) throws(ArchiveError) -> Place {
        let (sum, overflow) = place.offset.addingReportingOverflow(place.size)
        guard !overflow, sum == end else {
            throw ArchiveError(offset: end, .format("the central directory is not at the offset in the end record"))
        }
        return place
    }

    private static func entry(_ reader: inout ByteReader) throws(ArchiveError) -> Entry {
        let start = reader.position
        guard try reader.next(UInt32.self) == ZipFormat.centralHeader else {
            throw ArchiveError(offset: start, .format("a central directory entry is damaged"))
        }
        let maker = try reader.next(UInt16.self) >> 8
        _ = try reader.take(2)
        let flags = try reader.next(UInt16.self)
        let method = try reader.next(UInt16.self)
        _ = try reader.take(4)
        let crc = try reader.next(UInt32.self)
        let (packed, size) = try (reader.next(UInt32.self), reader.next(UInt32.self))
        let lengths = try (reader.next(UInt16.self), reader.next(UInt16.self), reader.next(UInt16.self))
        _ = try reader.take(4)
        let attributes = try reader.next(UInt32.self)
        let offset = try reader.next(UInt32.self)
        let nameBytes = Array(try reader.take(Int(lengths.0)))
        let extra = Array(try reader.take(Int(lengths.1)))
        _ = try reader.take(Int(lengths.2))
        guard let name = String(validating: nameBytes, as: UTF8.self) else {
            throw ArchiveError(offset: start, .format("a member name is not UTF-8"))
        }
        guard flags & ZipFormat.encrypted == 0 else {
            throw ArchiveError(member: name, offset: start, .format("is encrypted"))
        }
        var entry = Entry(
            name: name, nameBytes: nameBytes, method: method, crc: crc, packedSize: Int(packed), size: Int(size),
            offset: Int(offset), mode: maker == 3 ? attributes >> 16 : 0)
        do {
            try widen(&entry, packed, size, offset, extra)
        } catch {
            throw ArchiveError(member: name, offset: start, error.problem)
        }
        return entry
    }

    /// Reads values that do not fit in 32 bits from the extra field.
    private static func widen(
        _ entry: inout Entry, _ packed: UInt32, _ size: UInt32, _ offset: UInt32, _ extra: [UInt8]
    ) throws(ArchiveError) {
        guard [packed, size, offset].contains(ZipFormat.elsewhere32) else { return }
        var reader = try ByteReader(extra, from: 0, count: extra.count)
        while reader.remaining > 0 {
            let identity = try reader.next(UInt16.self)
            let count = Int(try reader.next(UInt16.self))
            let field = Array(try reader.take(count))
            guard identity == ZipFormat.extra64 else { continue }
            var values = try ByteReader(field, from: 0, count: field.count)
            if size == ZipFormat.elsewhere32 { entry.size = try values.size64() }
            if packed == ZipFormat.elsewhere32 { entry.packedSize = try values.size64() }
            if offset == ZipFormat.elsewhere32 { entry.offset = try values.size64() }
            return
        }
        throw ArchiveError(.format("its zip64 sizes are missing"))
    }
}
